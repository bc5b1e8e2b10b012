import { randomBytes } from 'node:crypto';

/** Ids as OpenAI forms them: a prefix of the kind and 21 letters or digits. */
export const newOpenAiId = (prefix: 'event' | 'item' | 'resp' | 'sess' | 'conv' | 'call' | 'req'): string =>
  `${prefix}_${randomBytes(16).toString('base64url').replace(/[-_]/g, '0').slice(0, 21)}`;
