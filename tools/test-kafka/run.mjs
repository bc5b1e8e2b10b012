// `npm run test:kafka`: the messaging and dialer tests against a real Apache Kafka. With KAFKA_BROKERS set that cluster is
// used; else Apache Kafka 4 is fetched with Maven (once, into .data/) and started on loopback in KRaft mode, which needs
// Java 17 and Maven. Fails, never skips, without.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const START_TIMEOUT_MS = 60_000;
/** What speaks to the broker; the dialer's other tests need none. */
const tests = ['libs/messaging', 'apps/outbound-dialer/tests/dialing'];
const bundles = [
  'apps/outbound-dialer',
  'tools/embedded-postgres',
  'tools/embedded-kafka',
  'tools/public-router',
  'tools/twilio-simulator',
];

const fail = (line) => {
  console.error(`test:kafka: ${line}`);
  process.exit(1);
};

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });

/** The folder of Kafka's jars, fetched when the version in pom.xml is not there yet. */
const fetchKafka = () => {
  const pom = readFileSync(join(here, 'pom.xml'), 'utf8');
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(pom)[1];
  const folder = join(root, '.data', `apache-kafka-${version}`);
  if (existsSync(join(folder, 'complete'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(here, 'pom.xml'), join(folder, 'pom.xml'));
  console.log(`fetching Apache Kafka ${version} with Maven`);
  const maven = spawnSync('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], {
    cwd: folder,
    stdio: 'inherit',
  });
  if (maven.error) fail('needs Maven (mvn) to fetch Apache Kafka, or KAFKA_BROKERS to name a running one');
  if (maven.status !== 0) fail('Maven could not fetch Apache Kafka');
  writeFileSync(join(folder, 'complete'), version);
  return folder;
};

const startKafka = async (folder) => {
  const data = mkdtempSync(join(tmpdir(), 'apache-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(data, 'log'),
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
  };
  const file = join(data, 'server.properties');
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''));
  const java = (...args) => ['-cp', join(folder, 'lib', '*'), ...args];
  let clusterId;
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    clusterId = execFileSync('java', java('kafka.tools.StorageTool', 'random-uuid'), options).trim();
  } catch {
    fail('needs Java 17 to run Apache Kafka, or KAFKA_BROKERS to name a running one');
  }
  execFileSync('java', java('kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file), {
    stdio: 'ignore',
  });
  const child = spawn('java', ['-Xmx512m', ...java('kafka.Kafka', file)], { stdio: 'ignore' });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL'); // its data go with it
      await ended;
    }
    rmSync(data, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + START_TIMEOUT_MS; !(await isOpen(port));) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      fail('Apache Kafka did not start');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { brokers: `127.0.0.1:${port}`, stop };
};

for (const bundle of bundles) {
  const built = spawnSync(process.execPath, ['tools/build-app.mjs', bundle], { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) fail(`${bundle} could not be built`);
}
const named = process.env.KAFKA_BROKERS;
const kafka = named ? { brokers: named, stop: () => Promise.resolve() } : await startKafka(fetchKafka());
console.log(`testing against Apache Kafka at ${kafka.brokers}`);
const jest = spawn(
  process.execPath,
  [
    join(root, 'node_modules/jest/bin/jest.js'),
    '-c',
    'jest.kafka.config.cjs',
    ...tests,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FRONTDESK_REAL_KAFKA_BROKERS: kafka.brokers } },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
process.exitCode = await new Promise((resolve) => jest.once('exit', (code) => resolve(code ?? 1)));
await kafka.stop();
