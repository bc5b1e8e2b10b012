import { setTimeout as sleep } from 'node:timers/promises';
import { type Constellation, OperatorClients } from '@frontdesk/test-harness';
import { type Live } from '../arguments';
import { say } from '../say';
import { FinishedCalls } from './finished-calls';
import { placeCall, withdrawCalls } from './place-call';

const LOOK_MS = 1000;
const PUBLIC_TIMEOUT_MS = 10_000;
/** What the gateway answers to a webhook that Twilio did not sign. */
const UNSIGNED = 403;

/** A stack on real accounts: places the call that was asked for, and shows each call once it has ended, until the signal. */
export const followLive = async (stack: Constellation, live: Live, signal: AbortSignal): Promise<void> => {
  const { publicUrl } = stack.settings;
  await using clients = new OperatorClients(stack);
  const finished = new FinishedCalls(clients.recording, new Date());
  say(`At Twilio, "A call comes in" of your number: Webhook, ${publicUrl}/webhook/incoming_call, HTTP POST.`);
  const wrong = await whyNotReached(publicUrl);
  if (wrong) say(`${publicUrl} does not lead here (${wrong}): no call will come through. Is the tunnel up?`);
  await withdrawCalls(clients.dialer).catch((error: unknown) => {
    say(`An earlier call could not be taken back: ${(error as Error).message}`);
  });
  if (live.call) {
    try {
      await placeCall(clients, live.call, stack.url('media-gateway'));
      say('The call is placed: the phone will ring.');
    } catch (error) {
      say(`The call could not be placed: ${(error as Error).message}`);
    }
  }
  say('Calls are shown here when they have ended.');
  while (!signal.aborted) {
    try {
      for (const line of await finished.look()) process.stdout.write(`${line}\n`);
    } catch (error) {
      say(`The call log could not be read: ${(error as Error).message}`);
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  // The services may be gone by now: then the next start does it.
  await withdrawCalls(clients.dialer).catch(() => undefined);
};

/** Undefined when our own gateway answers at the public address. */
const whyNotReached = async (publicUrl: string): Promise<string | undefined> => {
  try {
    const { status } = await fetch(`${publicUrl}/webhook/incoming_call`, {
      method: 'POST',
      signal: AbortSignal.timeout(PUBLIC_TIMEOUT_MS),
    });
    return status === UNSIGNED ? undefined : `it answers ${status}`;
  } catch (error) {
    return ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
  }
};
