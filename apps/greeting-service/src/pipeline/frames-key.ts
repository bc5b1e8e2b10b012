import { createHash } from 'node:crypto';
import { type FramesPool } from '../cache/frames';
import { spokenText } from './spoken-text';

/** What frames are made from. The same four always have the same key, on every replica (GR3). */
export interface SpeechRequest {
  readonly businessId: string;
  /** BCP 47, such as `he-IL`. */
  readonly locale: string;
  /** As the profile names it; the provider's own name for it is found at synthesis. */
  readonly voice: string;
  /** As written; normalized before it is spoken and before it is hashed. */
  readonly text: string;
}

/**
 * Hex SHA-256 over business, locale, voice and the text as spoken. Phrases and campaign openings have keys of their own,
 * also where they say what a greeting says: frames are in one pool, and go with it.
 */
export const framesKey = (
  { businessId, locale, voice, text }: SpeechRequest,
  pool: FramesPool = 'greeting',
): string =>
  createHash('sha256')
    .update(
      JSON.stringify([businessId, locale, voice, spokenText(text), ...(pool === 'greeting' ? [] : [pool])]),
    )
    .digest('hex');
