/** One Kafka topic: its name on the wire, how it is keyed, and how it is created by `main.js migrate`. */
export interface TopicDefinition {
  readonly name: string;
  /** What the message key is; messages of one key keep their order. */
  readonly key: string;
  readonly partitions: number;
  readonly retentionMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Personal data does not live on in Kafka (architecture §3). */
const RETENTION_MS = 7 * DAY_MS;

const topic = <const N extends string>(
  name: N,
  key: string,
  partitions = 6,
): TopicDefinition & { name: N } => ({
  name,
  key,
  partitions,
  retentionMs: RETENTION_MS,
});

/** Registry of all topics. No other place names a topic. */
export const topics = {
  callEvents: topic('call.events.v1', 'callSid'),
  recordingJobs: topic('recording.jobs.v1', 'callSid'),
  // Jobs of one partition wait for each other: the more there are, the less a new campaign waits for a huge one.
  dialJobs: topic('dial.jobs.v1', 'campaignId:contactId', 12),
  dialEvents: topic('dial.events.v1', 'campaignId'),
  profileEvents: topic('profile.events.v1', 'businessId', 1),
} as const;

/** Where a message goes that its consumer could not handle: same key, one partition, the failure in its headers. */
export const deadLetterTopic = (source: TopicDefinition): TopicDefinition => ({
  name: `${source.name}.dlq`,
  key: source.key,
  partitions: 1,
  retentionMs: source.retentionMs,
});
