import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Readable } from 'node:stream';

const KEPT_LINES = 400;

/** What a process printed: its last lines in memory, all of them in a file when one is named. */
export class ProcessOutput {
  private readonly kept: string[] = [];
  private readonly listeners = new Set<(line: string) => void>();
  private readonly file: WriteStream | undefined;

  constructor(streams: readonly Readable[], logFile?: string) {
    this.file = logFile ? createWriteStream(logFile, { flags: 'a' }) : undefined;
    this.file?.on('error', () => undefined); // a full disk must not end the stack
    for (const stream of streams) createInterface({ input: stream }).on('line', (line) => this.take(line));
  }

  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lines kept so far, oldest first. */
  get lines(): readonly string[] {
    return this.kept;
  }

  tail(count: number): string {
    return this.kept.slice(-count).join('\n');
  }

  /** Kept lines that are JSON objects with this `event`. */
  events(event: string): Record<string, unknown>[] {
    return this.kept.map(parseEvent).filter((parsed) => parsed?.event === event) as Record<string, unknown>[];
  }

  close(): void {
    this.file?.end();
  }

  private take(line: string): void {
    this.kept.push(line);
    if (this.kept.length > KEPT_LINES) this.kept.shift();
    this.file?.write(`${line}\n`);
    for (const listener of this.listeners) listener(line);
  }
}

/** A log line as an object; undefined for anything that is no JSON object. */
export const parseEvent = (line: string): Record<string, unknown> | undefined => {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};
