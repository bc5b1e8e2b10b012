import type { Clock } from '@frontdesk/runtime';

/** Something that happened in a call, at the simulator's own clock. */
export interface BookEvent {
  readonly atMs: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** An entry of what Twilio shows in its debugger. */
export interface BookWarning {
  readonly atMs: number;
  readonly code: number;
  readonly message: string;
  readonly detail?: string | undefined;
}

/** More than a long call writes; past it only the count goes on. */
const MAX_EVENTS = 3_000;

/** What happened in one call, for tests and for people. Nothing here is part of Twilio's own API. */
export class CallBook {
  readonly events: BookEvent[] = [];
  readonly warnings: BookWarning[] = [];
  droppedEvents = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Notes an event; the fields may be completed later through the returned object (status of a request). */
  note(type: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
    const event = { atMs: this.clock.now(), type, ...fields };
    if (this.events.length < MAX_EVENTS) this.events.push(event);
    else this.droppedEvents += 1;
    return event;
  }

  /** Notes an entry of Twilio's error dictionary. */
  warn(code: number, message: string, detail?: string): void {
    if (this.warnings.length < MAX_EVENTS)
      this.warnings.push({ atMs: this.clock.now(), code, message, detail });
  }
}
