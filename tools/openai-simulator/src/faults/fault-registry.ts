import { z } from 'zod';

/** The faults this simulator can be asked for; each is looked up where it acts. */
export const faultNames = [
  'mute-model',
  'mute-session',
  'handshake-401',
  'handshake-429',
  'handshake-500',
  'session-created-delayed',
  'socket-drop',
  'unknown-events',
  'session-expires',
  'transcription-late',
  'transcription-failed',
  'deltas-one-big',
  'deltas-odd-sized',
  'response-failed',
  'speech-500',
  'speech-429',
  'speech-stalls-after-first-chunk',
  'speech-slow',
  'speech-cut',
  'speech-short',
  'speech-odd-byte',
  'speech-silence',
  'speech-page',
  'speech-empty',
  'transcriptions-500',
] as const;
export type FaultName = (typeof faultNames)[number];

export const faultSchema = z.strictObject({
  name: z.enum(faultNames),
  /** How often it strikes; left out: always, until faults are cleared. */
  count: z.int().positive().optional(),
  /** Only sessions whose instructions contain this text: one test's faults leave the calls of another alone. */
  contains: z.string().min(1).optional(),
  /** Times of it (`ms`, `afterMs`), or how it shows (`code`). */
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type Fault = z.infer<typeof faultSchema>;

/** A fault that struck, with its parameters. */
export class Strike {
  constructor(private readonly params: NonNullable<Fault['params']>) {}

  number(name: string, fallback: number): number {
    const value = Number(this.params[name] ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  }

  text(name: string, fallback: string): string {
    return String(this.params[name] ?? fallback);
  }
}

/** Faults asked for and not yet used up. */
export class FaultRegistry {
  private faults: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.faults.push({ fault, left: fault.count ?? Infinity });
  }

  clear(): void {
    this.faults = [];
  }

  list(): readonly Fault[] {
    return this.faults.filter(({ left }) => left > 0).map(({ fault }) => fault);
  }

  /**
   * The first fault of that name, used up by one; undefined when all is well.
   * @param instructions of the session it would strike; where none are known, a fault with `contains` does not strike
   */
  take(name: FaultName, instructions = ''): Strike | undefined {
    return this.strike((fault) => fault.name === name && instructions.includes(fault.contains ?? ''));
  }

  /** As {@link take}, of the faults alone that name the sessions they are meant for. */
  takeNamed(name: FaultName, instructions: string): Strike | undefined {
    return this.strike(
      ({ name: of, contains }) => of === name && contains !== undefined && instructions.includes(contains),
    );
  }

  private strike(fits: (fault: Fault) => boolean): Strike | undefined {
    const entry = this.faults.find(({ fault, left }) => left > 0 && fits(fault));
    if (!entry) return undefined;
    entry.left -= 1;
    return new Strike(entry.fault.params ?? {});
  }
}
