import { randomBytes } from 'node:crypto';

/** A SID as Twilio forms it: two letters and 32 hex digits. */
export const newSid = (prefix: 'CA' | 'RE' | 'MZ' | 'PN'): string => prefix + randomBytes(16).toString('hex');
