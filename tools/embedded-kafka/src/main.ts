import { runMain } from '@frontdesk/runtime';
import { Broker } from './broker';
import { loadConfig, settings } from './config';

const NAME = 'embedded-kafka';
const report = (event: string, fields: Record<string, unknown>): void =>
  console.log(JSON.stringify({ event, service: NAME, ...fields }));

void runMain({
  name: NAME,
  settings,
  start: async () => {
    const broker = await Broker.start(loadConfig(process.env), report);
    report('LISTENING', { host: broker.host, port: broker.port });
    return broker;
  },
});
