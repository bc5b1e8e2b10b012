import { setTimeout as sleep } from 'node:timers/promises';
import { isConnectionError } from '@frontdesk/persistence';
import { type BackoffPolicy, retry } from '@frontdesk/runtime';
import { type Frames, type FramesRequest } from './frames';
import { type FramesStore, type LeaseTimes } from './frames-store';
import { type SpeechListener } from '../pipeline/speech-listener';

/** Speech is paid for: while the database is away it waits, rather than being bought again. About half a minute. */
const paidSpeechRetry: BackoffPolicy = { attempts: 10, minMs: 200, maxMs: 5000, multiplier: 2 };

/** Another replica took the claim over, or the profile was saved or invalidated meanwhile: the result was thrown away. */
export class ClaimLostError extends Error {
  constructor() {
    super('the claim on this synthesis was lost while it ran');
    this.name = 'ClaimLostError';
  }
}

export interface Making {
  readonly signal: AbortSignal;
  /** Told of the speech while it is made. */
  readonly speech?: SpeechListener;
  /** Told when this replica makes it, rather than waits for another. */
  readonly onClaimed?: () => void;
}

/** What made the frames of one request. */
export interface MadeFrames {
  readonly mulaw: Buffer;
  readonly provider: string;
  readonly model: string;
}

export type MakeFrames = (request: FramesRequest, making: Making) => Promise<MadeFrames>;

export interface ClaimedSynthesisOptions {
  store: FramesStore;
  make: MakeFrames;
  /** Unique to this synthesis. */
  owner: string;
  times: LeaseTimes;
}

/**
 * Frames for a request, paid for once over all replicas: whoever gets the claim synthesizes and stores, the others wait
 * for its result, and take over when it dies.
 */
export const synthesizeOnce = async (
  { store, make, owner, times }: ClaimedSynthesisOptions,
  request: FramesRequest,
  making: Making,
): Promise<Frames> => {
  const { signal } = making;
  for (let waitedMs = 0; ; waitedMs += times.pollMs) {
    signal.throwIfAborted();
    if (await store.claim(request, owner)) {
      // Its former holder may have finished between our look and our claim.
      const finished = await store.load(request.key);
      if (!finished) {
        making.onClaimed?.();
        return await synthesizeUnderClaim({ store, make, owner, times }, request, making);
      }
      await store.release(request.key, owner);
      return finished;
    }
    if (waitedMs >= times.waitMs)
      throw new Error(`waited ${times.waitMs} ms for another replica to synthesize`);
    await sleep(times.pollMs, undefined, { signal });
    const frames = await store.load(request.key);
    if (frames) return frames;
  }
};

const synthesizeUnderClaim = async (
  { store, make, owner, times }: ClaimedSynthesisOptions,
  request: FramesRequest,
  making: Making,
): Promise<Frames> => {
  // A failed renewal is not a lost claim: only `complete` decides, in the transaction that stores.
  const renewal = setInterval(
    () => void store.renew(request.key, owner).catch(() => undefined),
    times.renewMs,
  );
  try {
    const made = await make(request, making);
    let failures = 0;
    const isStored = await retry(paidSpeechRetry, () => store.complete(request, made, owner), {
      isRetryable: (error) => {
        failures += 1;
        return isConnectionError(error);
      },
      signal: making.signal,
    });
    const { key, businessId, pool } = request;
    if (isStored) return { key, businessId, pool, ...made };
    // The commit whose answer was lost gave the claim back as well: then the frames are there.
    const stored = failures > 0 ? await store.load(key) : null;
    if (!stored) throw new ClaimLostError();
    return stored;
  } catch (error) {
    await store.release(request.key, owner).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewal);
  }
};
