import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type JournalKind = 'number' | 'call' | 'recording';

/** What one kind of entry keeps at most; the oldest go when the journal is compacted at start. */
const MAX_KEPT = 5_000;
const FLUSH_MS = 200;
/** Written since it was last compacted; then it is compacted again. */
const MAX_WRITTEN_BYTES = 64 * 1024 * 1024;

interface Keyed {
  readonly number?: string;
  readonly sid?: string;
}

/**
 * Append-only JSON lines: the latest entry of a key wins. Without a data folder nothing is kept, and recordings go to a
 * folder that is removed at the end. Lines are written a few times a second, off the path of a call.
 */
export class Journal {
  readonly recordingsDir: string;
  private readonly file: string | undefined;
  private readonly temporaryDir: string | undefined;
  private pending: string[] = [];
  private writtenBytes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(dataDir: string | undefined) {
    if (!dataDir) this.temporaryDir = mkdtempSync(join(tmpdir(), 'twilio-simulator-'));
    const dir = dataDir ?? this.temporaryDir ?? '.';
    this.recordingsDir = join(dir, 'recordings');
    mkdirSync(this.recordingsDir, { recursive: true });
    if (dataDir) this.file = join(dataDir, 'book.jsonl');
  }

  /** Entries of an earlier run, oldest first; rewrites the file without what was superseded. */
  load(): { kind: JournalKind; value: unknown }[] {
    if (!this.file || !existsSync(this.file)) return [];
    const latest = new Map<string, { kind: JournalKind; value: Keyed }>();
    for (const line of readFileSync(this.file, 'utf8').split('\n')) {
      const entry = parseLine(line);
      if (entry) latest.set(`${entry.kind}:${entry.value.number ?? entry.value.sid}`, entry);
    }
    const kinds = ['number', 'call', 'recording'] as const;
    const kept = kinds.flatMap((kind) =>
      [...latest.values()].filter((entry) => entry.kind === kind).slice(-MAX_KEPT),
    );
    const temporary = `${this.file}.new`;
    writeFileSync(temporary, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    renameSync(temporary, this.file);
    this.writtenBytes = 0;
    return kept;
  }

  append(kind: JournalKind, value: object): void {
    if (!this.file) return;
    this.pending.push(`${JSON.stringify({ kind, value })}\n`);
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  /** Writes what is pending and removes a temporary folder. */
  close(): void {
    this.flush();
    if (this.temporaryDir) rmSync(this.temporaryDir, { recursive: true, force: true });
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const lines = this.pending.splice(0);
    if (!this.file || lines.length === 0) return;
    const text = lines.join('');
    appendFileSync(this.file, text);
    this.writtenBytes += text.length;
    if (this.writtenBytes > MAX_WRITTEN_BYTES) this.load();
  }
}

/** A line cut short by a crash is skipped. */
const parseLine = (line: string): { kind: JournalKind; value: Keyed } | undefined => {
  if (!line) return undefined;
  try {
    return JSON.parse(line) as { kind: JournalKind; value: Keyed };
  } catch {
    return undefined;
  }
};
