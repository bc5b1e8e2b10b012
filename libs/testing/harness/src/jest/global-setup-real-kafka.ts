import { variables } from '../test-servers';
import globalSetup from './global-setup';

/** The usual servers, but the tests' broker is the one that tools/test-kafka names. */
export default async function globalSetupRealKafka(): Promise<void> {
  const brokers = process.env[variables.realKafkaBrokers];
  if (!brokers) throw new Error('run these tests with "npm run test:kafka"');
  await globalSetup();
  process.env[variables.kafkaBrokers] = brokers;
}
