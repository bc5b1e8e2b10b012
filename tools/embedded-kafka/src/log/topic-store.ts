import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedDataError } from '../damaged-data-error';
import { PartitionLog, type LogLimits } from './partition-log';
import { writeAtomically } from './write-atomically';

/** Settings of a topic that this broker honours, by their names in Kafka. */
export const topicConfigNames = ['retention.ms', 'retention.bytes', 'segment.bytes'] as const;
export type TopicConfigName = (typeof topicConfigNames)[number];
export type TopicConfig = Partial<Record<TopicConfigName, number>>;

export interface Topic {
  readonly name: string;
  readonly config: TopicConfig;
  readonly partitions: PartitionLog[];
}

export const isValidTopicName = (name: string): boolean =>
  /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';

/** Topics that are being created or deleted lie in folders that begin so; a leftover of a crash is removed. */
const passing = '~';

/** All topics with their logs; one folder each, `topic.json` beside a folder for each partition. */
export class TopicStore {
  private readonly topics = new Map<string, Topic>();

  constructor(
    private readonly folder: string,
    private readonly defaults: LogLimits,
    private readonly onCut: (topic: string, partition: number, bytes: number) => void,
  ) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (name.startsWith(passing)) rmSync(join(folder, name), { recursive: true, force: true });
      else this.topics.set(name, this.load(name));
    }
  }

  private load(name: string): Topic {
    const path = join(this.folder, name, 'topic.json');
    let stored: { partitions: number; config: TopicConfig };
    try {
      stored = JSON.parse(readFileSync(path, 'utf8'));
    } catch {
      throw new DamagedDataError(`${path} is missing or not JSON`);
    }
    const partitions = Array.from({ length: stored.partitions }, (_, index) =>
      this.openPartition(name, index, stored.config),
    );
    return { name, config: stored.config, partitions };
  }

  private openPartition(name: string, index: number, config: TopicConfig): PartitionLog {
    const limits = {
      segmentBytes: config['segment.bytes'] ?? this.defaults.segmentBytes,
      retentionBytes: config['retention.bytes'] ?? this.defaults.retentionBytes,
      retentionMs: config['retention.ms'] ?? this.defaults.retentionMs,
    };
    return PartitionLog.open(join(this.folder, name, String(index)), limits, (bytes) =>
      this.onCut(name, index, bytes),
    );
  }

  private writeDescription(folder: string, partitions: number, config: TopicConfig): void {
    writeAtomically(join(folder, 'topic.json'), JSON.stringify({ partitions, config }));
  }

  get(name: string): Topic | undefined {
    return this.topics.get(name);
  }
  partition(name: string, index: number): PartitionLog | undefined {
    return this.topics.get(name)?.partitions[index];
  }
  names(): string[] {
    return [...this.topics.keys()];
  }

  create(name: string, partitionCount: number, config: TopicConfig): void {
    const temporary = join(this.folder, `${passing}${name}`);
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    this.writeDescription(temporary, partitionCount, config);
    renameSync(temporary, join(this.folder, name));
    this.topics.set(name, this.load(name));
  }

  addPartitions(topic: Topic, count: number): void {
    this.writeDescription(join(this.folder, topic.name), count, topic.config);
    for (let index = topic.partitions.length; index < count; index++)
      topic.partitions.push(this.openPartition(topic.name, index, topic.config));
  }

  delete(name: string): void {
    const topic = this.topics.get(name);
    if (!topic) return;
    this.topics.delete(name);
    for (const partition of topic.partitions) partition.close();
    const leaving = join(this.folder, `${passing}${name}`);
    if (existsSync(leaving)) rmSync(leaving, { recursive: true, force: true });
    renameSync(join(this.folder, name), leaving);
    rmSync(leaving, { recursive: true, force: true });
  }

  forEachPartition(visit: (partition: PartitionLog) => void): void {
    for (const topic of this.topics.values()) topic.partitions.forEach(visit);
  }
}
