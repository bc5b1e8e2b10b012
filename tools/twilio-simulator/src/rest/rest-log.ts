/** One request to the REST API and its answer. */
export interface RestLogEntry {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  status: number | null;
  answer: unknown;
}

const MAX_ENTRIES = 30_000;

/** The ledger of what was asked of the REST API: every call ever placed is in it. Bounded; the oldest go. */
export class RestLog {
  private readonly log: RestLogEntry[] = [];

  add(entry: RestLogEntry): RestLogEntry {
    this.log.push(entry);
    if (this.log.length > MAX_ENTRIES) this.log.shift();
    return entry;
  }

  entries(): readonly RestLogEntry[] {
    return this.log;
  }
}
