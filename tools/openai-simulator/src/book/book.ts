import { type Journal } from './journal';
import {
  type RecordedEvent,
  type RecordedItem,
  type RecordedRequest,
  type RecordedSession,
} from './session-record';

const MAX_SESSIONS = 1_000;
const MAX_EVENTS = 20_000;
const MAX_REQUESTS = 10_000;

type Entry =
  | { kind: 'session'; session: RecordedSession }
  | { kind: 'event'; id: string; event: RecordedEvent }
  | { kind: 'state'; id: string; state: SessionState }
  | { kind: 'request'; request: RecordedRequest };

/** The parts of a session that change as a whole. */
export type SessionState = Partial<
  Pick<
    RecordedSession,
    'closedAtMs' | 'instructions' | 'voice' | 'tracing' | 'input' | 'items' | 'violations'
  >
>;

/**
 * Everything that happened, for tests and for the demo's timeline: in memory, and in a journal when there is one, from
 * which it is read again after a restart. Bounded: the oldest sessions and requests are forgotten first.
 */
export class Book {
  private readonly sessions = new Map<string, RecordedSession>();
  private requests: RecordedRequest[] = [];

  constructor(private readonly journal: Journal | null) {
    for (const entry of (journal?.read() ?? []) as Entry[]) this.apply(entry);
  }

  listSessions(contains?: string): RecordedSession[] {
    const all = [...this.sessions.values()];
    if (!contains) return all;
    return all.filter(
      ({ instructions, items, tracing }) =>
        instructions.includes(contains) ||
        items.some(({ text }) => text.includes(contains)) ||
        JSON.stringify(tracing ?? '').includes(contains),
    );
  }

  listRequests(): readonly RecordedRequest[] {
    return this.requests;
  }

  open(id: string, model: string, atMs: number): void {
    const session: RecordedSession = {
      id,
      model,
      openedAtMs: atMs,
      closedAtMs: null,
      instructions: '',
      voice: '',
      tracing: null,
      input: { appends: 0, audioMs: 0 },
      events: [],
      eventsDropped: 0,
      items: [],
      violations: [],
    };
    this.record({ kind: 'session', session });
  }

  event(id: string, event: RecordedEvent): void {
    this.record({ kind: 'event', id, event });
  }

  update(id: string, state: SessionState): void {
    this.record({ kind: 'state', id, state });
  }

  violation(id: string, violation: RecordedSession['violations'][number]): void {
    const session = this.sessions.get(id);
    if (session) this.update(id, { violations: [...session.violations, violation] });
  }

  request(request: RecordedRequest): void {
    this.record({ kind: 'request', request });
  }

  items(id: string, items: RecordedItem[]): void {
    this.update(id, { items });
  }

  close(): void {
    this.journal?.flush();
  }

  private record(entry: Entry): void {
    this.journal?.append(entry);
    this.apply(entry);
  }

  private apply(entry: Entry): void {
    switch (entry.kind) {
      case 'session':
        this.sessions.set(entry.session.id, entry.session);
        this.forgetOldest();
        return;
      case 'event': {
        const session = this.sessions.get(entry.id);
        if (!session) return;
        if (session.events.length < MAX_EVENTS) session.events.push(entry.event);
        else session.eventsDropped += 1;
        return;
      }
      case 'state':
        Object.assign(this.sessions.get(entry.id) ?? {}, entry.state);
        return;
      case 'request':
        this.requests.push(entry.request);
        if (this.requests.length > MAX_REQUESTS) this.requests = this.requests.slice(-MAX_REQUESTS / 2);
        return;
    }
  }

  private forgetOldest(): void {
    for (const id of this.sessions.keys()) {
      if (this.sessions.size <= MAX_SESSIONS) return;
      this.sessions.delete(id);
    }
  }
}
