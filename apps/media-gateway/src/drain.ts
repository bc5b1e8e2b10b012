import { type GatewayEvents } from './events';
import { type Gateway } from './gateway';

const LOOK_EVERY_MS = 100;
/** For balancers to notice that this replica is not ready, before calls are handed over: else they would come back. */
const NOTICE_MS = 2500;
/** For the sockets that are closed at the end to tell their sessions, and for Twilio to ask what is next. */
const LAST_WORDS_MS = 3000;

/**
 * Waits for live calls to end by themselves, at most so long; hands over what is left to the other replicas (RT10). With
 * none to take them the streams are closed, and Twilio's next request is answered with the fallback.
 */
export const drain = async (gateway: Gateway, timeoutMs: number, events: GatewayEvents): Promise<void> => {
  events.draining(gateway.liveCalls);
  const startedAtMs = performance.now();
  // Calls that were answered here and whose stream is awaited are watched from here alone.
  const isIdle = (): boolean => gateway.liveCalls === 0 && gateway.awaitedStarts === 0;
  await until(isIdle, timeoutMs);
  if (gateway.liveCalls > 0 && (await gateway.parts.peers.isAnyReady())) {
    await until(isIdle, NOTICE_MS - (performance.now() - startedAtMs));
    await gateway.parts.handOver.run();
  }
  gateway.abandonAll();
  await until(() => gateway.liveCalls === 0, LAST_WORDS_MS);
};

const until = async (isTrue: () => boolean, timeoutMs: number): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  while (!isTrue() && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
};
