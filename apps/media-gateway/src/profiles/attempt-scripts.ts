import { getAttemptContext } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { LRUCache } from 'lru-cache';
import { type z } from 'zod';

export type AttemptScript = z.output<(typeof getAttemptContext)['response']>;

/** Between Twilio's webhook and its answer; past it the call goes on with the business's own greeting. */
const LOOK_UP_MS = 1500;
const MAX_SCRIPTS = 10_000;

/** What the dialer says about answered attempts: one bounded look-up a call, kept until its stream starts. */
export class AttemptScripts {
  private readonly scripts = new LRUCache<string, AttemptScript>({ max: MAX_SCRIPTS });

  constructor(private readonly client: ServiceClient) {}

  get(attemptId: string): AttemptScript | undefined {
    return this.scripts.get(attemptId);
  }

  /** Null when the dialer does not know it, or does not answer in time. */
  async load(attemptId: string, traceparent: string): Promise<AttemptScript | null> {
    const known = this.scripts.get(attemptId);
    if (known) return known;
    try {
      const params = { id: attemptId };
      const script = await this.client.call(getAttemptContext, {
        params,
        traceparent,
        timeoutMs: LOOK_UP_MS,
      });
      this.scripts.set(attemptId, script);
      return script;
    } catch {
      return null;
    }
  }
}
