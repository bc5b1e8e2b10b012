import { choiceOfLoopback } from './loopback';
import { flag, integer, readConfig, text, type ConfigOf } from '@frontdesk/runtime';

const DAY_MS = 24 * 60 * 60 * 1000;
const MIB = 1024 * 1024;

export const settings = {
  port: integer('PORT', 'Port to listen on; 0 takes a free one', { default: 9092, min: 0, max: 65_535 }),
  host: choiceOfLoopback('HOST', 'Loopback address to listen on and to tell clients', '127.0.0.1'),
  dataDir: text('DATA_DIR', 'Folder of the log, topics and offsets', { default: '.data/kafka' }),
  autoCreateTopics: flag('AUTO_CREATE_TOPICS', 'Create a topic when a client asks for it', {
    default: false,
  }),
  defaultPartitions: integer('DEFAULT_PARTITIONS', 'Partitions of a topic that asks for none', {
    default: 1,
    min: 1,
    max: 1000,
  }),
  retentionMs: integer('RETENTION_MS', 'Age at which messages go, unless the topic says; -1 never', {
    default: 7 * DAY_MS,
    min: -1,
    max: Number.MAX_SAFE_INTEGER,
  }),
  retentionBytes: integer('RETENTION_BYTES', 'Size of a partition at which the oldest go; -1 never', {
    default: 256 * MIB,
    min: -1,
    max: Number.MAX_SAFE_INTEGER,
  }),
  segmentBytes: integer('SEGMENT_BYTES', 'Size at which a log segment is closed', {
    default: 16 * MIB,
    min: 1024,
    max: 1024 * MIB,
  }),
  maxRequestBytes: integer('MAX_REQUEST_BYTES', 'Largest request accepted', {
    default: 16 * MIB,
    min: 1024,
    max: 100 * MIB,
  }),
  flushIntervalMs: integer('FLUSH_INTERVAL_MS', 'How often written data is forced to disk', {
    default: 1000,
    min: 10,
    max: 60_000,
  }),
  initialRebalanceDelayMs: integer(
    'GROUP_INITIAL_REBALANCE_DELAY_MS',
    'How long a new group waits for more members before its first rebalance',
    { default: 100, min: 0, max: 60_000 },
  ),
};
export type Config = ConfigOf<typeof settings>;

export const loadConfig = (environment: NodeJS.ProcessEnv): Config => readConfig(settings, environment);
