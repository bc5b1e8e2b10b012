import { runMain } from '@frontdesk/runtime';
import { settings, simulatorConfig } from './config';
import { TwilioSimulator } from './simulator';

const NAME = 'twilio-simulator';

void runMain({
  name: NAME,
  settings,
  start: async () => {
    const simulator = await TwilioSimulator.start(simulatorConfig(process.env));
    console.log(JSON.stringify({ event: 'LISTENING', service: NAME, port: simulator.port }));
    return simulator;
  },
});
