import { runService } from '@frontdesk/runtime';
import { simulatorConfig } from './config';
import { TwilioSimulator } from './simulator';

void runService('twilio-simulator', async () => {
  const simulator = await TwilioSimulator.start(simulatorConfig(process.env));
  console.log(JSON.stringify({ event: 'LISTENING', service: 'twilio-simulator', port: simulator.port }));
  return simulator;
});
