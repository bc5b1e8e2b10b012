import { type GatewayEvents } from './events';
import { type Gateway } from './gateway';

const LOOK_EVERY_MS = 100;
/** For the sockets that are closed at the end to tell their sessions. */
const LAST_WORDS_MS = 3000;

/** Waits for live calls to end by themselves, at most so long; then closes what is left. */
export const drain = async (gateway: Gateway, timeoutMs: number, events: GatewayEvents): Promise<void> => {
  events.draining(gateway.liveCalls);
  await until(() => gateway.liveCalls === 0, timeoutMs);
  gateway.abandonAll();
  await until(() => gateway.liveCalls === 0, LAST_WORDS_MS);
};

const until = async (isTrue: () => boolean, timeoutMs: number): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!isTrue() && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
};
