import type { Call } from './call';
import type { CalleeResponse } from './callees';
import { waitWhileAlive } from './wait';
import type { CallWorld } from './call-world';

type Answered = Extract<CalleeResponse, { kind: 'answer' }>;

/** SIP answers that final callbacks carry. */
const BUSY_HERE = 486;
const REQUEST_TERMINATED = 487;

/**
 * Dials a leg as its callee behaves this time: initiated, ringing, then answered or a final status.
 * @returns how it was answered; undefined when it was not
 */
export const dialLeg = async (
  world: CallWorld,
  call: Call,
  ringTimeoutMs: number,
): Promise<Answered | undefined> => {
  const response = world.callees.dial(call.to);
  call.initiated();
  if (!(await waitWhileAlive(world.clock, call, world.settings.ringDelayMs))) return undefined;
  if (response.kind === 'failed') {
    call.end('failed', { sipResponseCode: response.sipCode });
    return undefined;
  }
  if (response.kind === 'busy') {
    if (await waitWhileAlive(world.clock, call, response.afterMs))
      call.end('busy', { sipResponseCode: BUSY_HERE });
    return undefined;
  }
  call.ringing();
  const answersInTime = response.kind === 'answer' && response.afterMs < ringTimeoutMs;
  if (!(await waitWhileAlive(world.clock, call, answersInTime ? response.afterMs : ringTimeoutMs)))
    return undefined;
  if (!answersInTime) {
    call.end('no-answer', { sipResponseCode: REQUEST_TERMINATED });
    return undefined;
  }
  call.setScript(response.script);
  call.answer();
  return response;
};
