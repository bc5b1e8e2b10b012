import { readConfig, runMain } from '@frontdesk/runtime';
import { settings } from './config';
import { OpenAiSimulator } from './simulator';

void runMain({
  name: 'openai-simulator',
  settings,
  start: async () => {
    const simulator = await OpenAiSimulator.start(readConfig(settings, process.env));
    const { port, url } = simulator;
    console.log(JSON.stringify({ event: 'LISTENING', service: 'openai-simulator', port, url }));
    return simulator;
  },
});
