import { randomInt } from 'node:crypto';

const taken = new Set<string>();

/** A mobile number that no earlier run of the demo has used, so that no do-not-call list or attempt limit knows it. */
export const freshNumber = (prefix = '+97250'): string => {
  for (;;) {
    const number = `${prefix}${String(randomInt(0, 10_000_000)).padStart(7, '0')}`;
    if (taken.has(number)) continue;
    taken.add(number);
    return number;
  }
};

/** Twilio's number that is never valid as `To` (its test credentials' magic numbers): refused with 21211. */
export const INVALID_NUMBER = '+15005550001';
