import type { Clock } from '@frontdesk/runtime';
import type { Call } from './call';

/** Waits that long or until the call is over; true when it is not. */
export const waitWhileAlive = async (clock: Clock, call: Call, ms: number): Promise<boolean> => {
  let timer: { cancel(): void } | undefined;
  const elapsed = new Promise<void>((resolve) => (timer = clock.setTimer(resolve, ms)));
  await Promise.race([elapsed, call.ended]);
  timer?.cancel();
  return !call.isOver;
};
