import { readConfig, runService } from '@frontdesk/runtime';
import { settings } from './config';
import { OpenAiSimulator } from './simulator';

void runService('openai-simulator', async () => {
  const simulator = await OpenAiSimulator.start(readConfig(settings, process.env));
  console.log(
    JSON.stringify({
      event: 'LISTENING',
      service: 'openai-simulator',
      port: simulator.port,
      url: simulator.url,
    }),
  );
  return simulator;
});
