import { getAttemptContext } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { SingleFlight } from '@frontdesk/runtime';
import { LRUCache } from 'lru-cache';
import { type z } from 'zod';

export type AttemptScript = z.output<(typeof getAttemptContext)['response']>;

/** Between Twilio's webhook and its answer; past it the call goes on with the business's own greeting. */
const LOOK_UP_MS = 1500;
const MAX_SCRIPTS = 10_000;
/** Characters of all scripts together, about 64 MB. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/**
 * What the dialer says about answered attempts: one bounded look-up a call, however many ask for it at once, kept until its
 * stream starts. The least used go first; one that went is looked up again.
 */
export class AttemptScripts {
  private readonly scripts = new LRUCache<string, AttemptScript>({
    max: MAX_SCRIPTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (script) => JSON.stringify(script).length,
  });
  private readonly flights = new SingleFlight<AttemptScript>();

  constructor(private readonly client: Pick<ServiceClient, 'call'>) {}

  get(attemptId: string): AttemptScript | undefined {
    return this.scripts.get(attemptId);
  }

  /** Null when the dialer does not know it, or does not answer in time. */
  async load(attemptId: string, traceparent: string): Promise<AttemptScript | null> {
    const known = this.scripts.get(attemptId);
    if (known) return known;
    try {
      return await this.flights.run(attemptId, async () => {
        const params = { id: attemptId };
        const script = await this.client.call(getAttemptContext, {
          params,
          traceparent,
          timeoutMs: LOOK_UP_MS,
        });
        this.scripts.set(attemptId, script);
        return script;
      });
    } catch {
      return null;
    }
  }
}
