import type { Clock } from '@frontdesk/runtime';
import type { Journal } from '../book/journal';
import type { Call } from './call';
import { type CallResource, callResource } from './call-resource';
import { type CallStatus, isFinal } from './call-status';

/** With their whole books; the oldest finished ones go on as resources only. */
const MAX_WITH_BOOK = 1_000;
const MAX_PAST = 5_000;

/** One call as lists see it: its resource now, and the statuses it had. */
export interface CallEntry {
  readonly resource: CallResource;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly history: readonly { atMs: number; status: CallStatus }[];
}

/** All calls: live ones with everything, those of an earlier run as resources. */
export class CallStore {
  private readonly live = new Map<string, Call>();
  private readonly past = new Map<string, CallEntry>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly journal: Journal,
  ) {}

  add(call: Call): void {
    this.live.set(call.sid, call);
    if (this.live.size > MAX_WITH_BOOK) this.retireOldest();
    this.changed(call);
  }

  get(sid: string): Call | undefined {
    return this.live.get(sid);
  }

  /** The resource of a call of this run or an earlier one. */
  resource(sid: string): CallResource | undefined {
    const call = this.live.get(sid);
    return call ? callResource(call) : this.past.get(sid)?.resource;
  }

  /** Newest first. */
  entries(): CallEntry[] {
    const live = [...this.live.values()].map(entryOf);
    return [...this.past.values(), ...live].reverse();
  }

  calls(): Call[] {
    return [...this.live.values()];
  }

  /** A call of an earlier run; one that was under way when that run ended is over now. */
  restore(entry: CallEntry & { sid: string }): void {
    const { status } = entry.resource;
    const isOpen = !isFinal(status);
    const resource: CallResource = isOpen
      ? { ...entry.resource, status: status === 'in-progress' ? 'completed' : 'failed' }
      : entry.resource;
    const history = isOpen
      ? [...entry.history, { atMs: this.clock.now(), status: resource.status }]
      : entry.history;
    this.past.set(entry.sid, { ...entry, resource, history });
  }

  private retireOldest(): void {
    const oldest = [...this.live.values()].find((call) => call.isOver);
    if (!oldest) return;
    this.live.delete(oldest.sid);
    this.past.set(oldest.sid, entryOf(oldest));
    const first = this.past.keys().next().value;
    if (this.past.size > MAX_PAST && first !== undefined) this.past.delete(first);
  }

  changed(call: Call): void {
    this.journal.append('call', { sid: call.sid, ...entryOf(call) });
  }
}

const entryOf = (call: Call): CallEntry => ({
  resource: callResource(call),
  createdAtMs: call.createdAtMs,
  startedAtMs: call.dialledAtMs ?? null,
  history: call.history,
});
