import { runService } from '@frontdesk/runtime';
import { Broker } from './broker';
import { loadConfig } from './config';

const report = (event: string, fields: Record<string, unknown>): void =>
  console.log(JSON.stringify({ event, service: 'embedded-kafka', ...fields }));

void runService('embedded-kafka', async () => {
  const broker = await Broker.start(loadConfig(process.env), report);
  report('LISTENING', { host: broker.host, port: broker.port });
  return broker;
});
