import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@frontdesk/test-harness';

/** What was sent last is what broke it, if anything did. */
const KEPT = 5000;
const MAX_LINE = 4000;

/** The last inputs, kept in memory, and written only when something broke. */
export class SentLog {
  private readonly lines: string[] = [];
  private next = 0;

  note(line: string): void {
    this.lines[this.next] = line.slice(0, MAX_LINE);
    this.next = (this.next + 1) % KEPT;
  }

  /** @returns the file, below a folder that git ignores */
  write(seed: number, why: readonly string[]): string {
    const folder = join(repoRoot, '.data', 'fuzz');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-seed-${seed}.log`);
    const sent = [...this.lines.slice(this.next), ...this.lines.slice(0, this.next)];
    writeFileSync(file, [...why, '', 'sent, oldest first:', ...sent, ''].join('\n'));
    return file;
  }
}
