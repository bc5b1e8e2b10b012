import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { DamagedDataError } from '../damaged-data-error';
import { writeAtomically } from '../log/write-atomically';

export interface CommittedOffset {
  readonly offset: number;
  readonly metadata: string | null;
}
type Line = [group: string, topic: string, partition: number, offset: number | null, metadata: string | null];

/** The file is rewritten when it has this many lines more than four for each live entry. */
const compactionSlack = 10_000;

/** Committed offsets: in memory, and on disk as JSON lines of which the last wins. Compacted at start and as it grows. */
export class OffsetStore {
  private readonly groups = new Map<string, Map<string, Map<number, CommittedOffset>>>();
  private entries = 0;
  private lines = 0;
  private file: number;

  constructor(private readonly path: string) {
    this.load();
    this.file = this.compact();
  }

  private load(): void {
    if (!existsSync(this.path)) return;
    const lines = readFileSync(this.path, 'utf8').split('\n');
    const last = lines.pop(); // '' after a whole line; else a write cut short by a crash, never acknowledged
    for (const [index, line] of lines.entries()) {
      try {
        this.apply(JSON.parse(line) as Line);
      } catch {
        if (index === lines.length - 1 && last === '') continue;
        throw new DamagedDataError(`${this.path} is damaged at line ${index + 1}`);
      }
    }
  }

  private apply([group, topic, partition, offset, metadata]: Line): void {
    const topics = this.groups.get(group) ?? new Map<string, Map<number, CommittedOffset>>();
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>();
    const had = partitions.has(partition);
    if (offset === null) {
      if (partitions.delete(partition)) this.entries -= 1;
    } else {
      partitions.set(partition, { offset, metadata });
      if (!had) this.entries += 1;
    }
    if (partitions.size > 0) topics.set(topic, partitions);
    else topics.delete(topic);
    if (topics.size > 0) this.groups.set(group, topics);
    else this.groups.delete(group);
  }

  private allLines(): Line[] {
    return [...this.groups].flatMap(([group, topics]) =>
      [...topics].flatMap(([topic, partitions]) =>
        [...partitions].map(([partition, { offset, metadata }]): Line => [
          group,
          topic,
          partition,
          offset,
          metadata,
        ]),
      ),
    );
  }

  private compact(): number {
    const lines = this.allLines();
    writeAtomically(this.path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    this.lines = lines.length;
    return openSync(this.path, 'a');
  }

  private write(lines: Line[]): void {
    writeSync(this.file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    for (const line of lines) this.apply(line);
    this.lines += lines.length;
    if (this.lines <= 4 * this.entries + compactionSlack) return;
    closeSync(this.file);
    this.file = this.compact();
  }

  commit(
    group: string,
    offsets: { topic: string; partition: number; offset: number; metadata: string | null }[],
  ): void {
    if (offsets.length > 0)
      this.write(offsets.map((o): Line => [group, o.topic, o.partition, o.offset, o.metadata]));
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.groups.get(group)?.get(topic)?.get(partition);
  }

  /** What a group has committed, topic by topic. */
  partitionsOf(group: string): { name: string; partitions: number[] }[] {
    return [...(this.groups.get(group) ?? [])].map(([name, partitions]) => ({
      name,
      partitions: [...partitions.keys()],
    }));
  }

  groupIds(): string[] {
    return [...this.groups.keys()];
  }

  deleteWhere(matches: (group: string, topic: string) => boolean): void {
    const gone = this.allLines().filter(([group, topic]) => matches(group, topic));
    if (gone.length > 0)
      this.write(gone.map(([g, topic, partition]): Line => [g, topic, partition, null, null]));
  }

  flush(): void {
    fsyncSync(this.file);
  }
  close(): void {
    this.flush();
    closeSync(this.file);
  }
}
