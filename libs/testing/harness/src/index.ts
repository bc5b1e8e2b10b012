export {
  SpawnedProcess,
  ProcessFailure,
  spawnTool,
  spawnService,
  runMigrate,
  type Listening,
  type RunningProcess,
  type SpawnOptions,
} from './processes/child-process';
export { waitUntilReady } from './processes/readiness';
export { scrubbedEnvironment, type Environment } from './processes/environment';
export { freePort, isFree } from './processes/free-port';
export { bundleOf, repoRoot } from './processes/repo';
export { parseEvent } from './processes/output';
export { adminDatabaseUrl, kafkaBrokers, realKafkaBrokers } from './test-servers';
export { DatabaseDoor } from './database/database-door';
export { createTestDatabase, queryDatabase, type TestDatabase } from './database/test-database';
export { uniqueTopics } from './kafka-topics';
export { eventually } from './eventually';
export { guardConsole } from './guards/console-guard';
export { guardResources } from './guards/resource-guard';
export * from './simulators/twilio-sim';
export * from './simulators/openai-sim';
export * from './simulators/utterance';
export { Constellation, type ConstellationObserver } from './constellation/constellation';
export * from './constellation/settings';
export { allContacts } from './constellation/all-contacts';
export { OperatorClients } from './constellation/operator-clients';
export { spawnBeside } from './constellation/spawn-beside';
export { startConstellation, type TestConstellation } from './constellation/start-constellation';
export { GatewayFleet, type GatewayFleetOptions } from './gateways/gateway-fleet';
export { GatewayReplica, type LogLine } from './gateways/gateway-replica';
export { RouterControl, type HandedRequest } from './gateways/router-control';
