import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Past this size the file is set aside as `.1`, in place of the one set aside before. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Lines wait this long for company before they are written. */
const FLUSH_MS = 100;

/** An append-only file of JSON lines, bounded to two times 32 MiB; loses at most the last 100 ms when killed. */
export class Journal {
  private readonly path: string;
  private pending: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private bytes: number;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'openai-simulator.jsonl');
    this.bytes = existsSync(this.path) ? statSync(this.path).size : 0;
  }

  /** The lines of the present file; a last line cut by a kill is left out. */
  read(): unknown[] {
    if (!existsSync(this.path)) return [];
    return readFileSync(this.path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as unknown];
        } catch {
          return [];
        }
      });
  }

  append(entry: object): void {
    this.pending.push(JSON.stringify(entry));
    this.timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending.length === 0) return;
    const text = `${this.pending.join('\n')}\n`;
    this.pending = [];
    if (this.bytes + text.length > MAX_BYTES && this.bytes > 0) {
      renameSync(this.path, `${this.path}.1`);
      this.bytes = 0;
    }
    appendFileSync(this.path, text);
    this.bytes += Buffer.byteLength(text);
  }
}
