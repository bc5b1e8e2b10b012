import { z } from 'zod';

/** The faults this simulator can be asked for; each is looked up where it acts. */
export const faultNames = [
  'stream-never-opens',
  'stream-opens-without-start',
  'media-stalls',
  'socket-cut',
  'recording-not-ready',
  'rest-429',
  'rest-500',
  'rest-21220',
  'rest-slow',
  'create-times-out-after-placing',
  'callback-duplicated',
  'callback-dropped',
  'callbacks-reordered',
  'wrong-signature',
  'mark-late',
  'recording-absent',
  'recording-cut',
  'webhook-duplicated',
] as const;
export type FaultName = (typeof faultNames)[number];

export const faultSchema = z.object({
  name: z.enum(faultNames),
  /** Only this call, or only calls to this number; neither: every call. */
  callSid: z.string().optional(),
  to: z.string().optional(),
  /** How often it strikes; left out: always, until faults are cleared. */
  count: z.int().positive().optional(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type Fault = z.infer<typeof faultSchema>;

/** What a fault is matched against. */
export interface FaultSubject {
  readonly callSid: string | undefined;
  readonly to: string | undefined;
}

/** Parameters of a fault that struck. */
export class Strike {
  constructor(private readonly params: NonNullable<Fault['params']>) {}

  number(name: string, fallback: number): number {
    const value = Number(this.params[name] ?? fallback);
    return Number.isFinite(value) ? value : fallback;
  }

  text(name: string): string | undefined {
    const value = this.params[name];
    return value === undefined ? undefined : String(value);
  }

  flag(name: string): boolean {
    return this.params[name] === true || this.params[name] === 'true';
  }
}

/** Faults asked for and not yet used up. */
export class FaultRegistry {
  private faults: { fault: Fault; left: number; struck: number }[] = [];

  add(fault: Fault): void {
    this.faults.push({ fault, left: fault.count ?? Infinity, struck: 0 });
  }

  clear(): void {
    this.faults = [];
  }

  /** The first fault of that name that fits the subject, used up by one; undefined when all is well. */
  take(name: FaultName, subject: FaultSubject, accepts?: (strike: Strike) => boolean): Strike | undefined {
    for (const entry of this.faults) {
      const { fault } = entry;
      if (fault.name !== name || entry.left <= 0) continue;
      if (fault.callSid && fault.callSid !== subject.callSid) continue;
      if (fault.to && fault.to !== subject.to) continue;
      const strike = new Strike(fault.params ?? {});
      if (accepts && !accepts(strike)) continue;
      entry.left -= 1;
      entry.struck += 1;
      return strike;
    }
    return undefined;
  }

  list(): (Fault & { struck: number })[] {
    return this.faults.map(({ fault, struck }) => ({ ...fault, struck }));
  }
}
