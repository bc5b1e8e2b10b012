import { setTimeout as sleep } from 'node:timers/promises';
import { type GreetingEvents } from '../events';
import { type FramesRequest } from './frames';
import { type FramesStore } from './frames-store';
import { type LiveSpeech } from './live-speech';

/** The speech that another replica makes now, from its beginning. Rejects when it makes none. */
export type ListenTo = (address: string, request: FramesRequest) => Promise<AsyncIterable<Buffer>>;

export interface RelayOptions {
  readonly store: Pick<FramesStore, 'claimedAt'>;
  readonly listenTo: ListenTo;
  readonly events: Pick<GreetingEvents, 'relayed'>;
  /** How often to look who makes it, while nobody does whom we could listen to. */
  readonly pollMs: number;
}

/**
 * A caller waits here for what another replica has the claim on: hands on what that one makes while it makes it. Looks
 * again where that one says nothing (it died, or runs an earlier release), until there is something to hear, the frames are
 * stored, or this replica makes them itself. Never throws.
 */
export const relaySpeech = async (
  { store, listenTo, events, pollMs }: RelayOptions,
  request: FramesRequest,
  speech: LiveSpeech,
): Promise<void> => {
  while (speech.isAwaited) {
    const address = await store.claimedAt(request.key).catch(() => null);
    if (address !== null && speech.isAwaited) {
      const isHeard = await handOn(listenTo, { address, request, speech });
      if (isHeard) return events.relayed(request, address);
    }
    await sleep(pollMs);
  }
};

/** @returns whether anything of it was heard: then there is no way back */
const handOn = async (
  listenTo: ListenTo,
  { address, request, speech }: { address: string; request: FramesRequest; speech: LiveSpeech },
): Promise<boolean> => {
  let isHeard = false;
  try {
    for await (const piece of await listenTo(address, request)) {
      if (!speech.relay(piece)) return isHeard;
      isHeard = true;
    }
    if (isHeard) speech.end();
  } catch (error) {
    if (isHeard) speech.fail(error);
  }
  return isHeard;
};
