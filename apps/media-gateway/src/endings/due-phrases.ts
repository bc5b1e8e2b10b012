import { type DueWords } from '../call/conversation-port';

type DuePhrase = 'still-there' | 'max-length' | 'goodbye';

/** What the agent is told to say where a business has no text for it, e.g. because nobody knows the business. */
const asked: Record<DuePhrase, string> = {
  'still-there': 'Ask in one short sentence whether the caller is still there.',
  'max-length': 'Say in one short sentence that this call has to end in a minute.',
  goodbye: 'Say a short goodbye: the call ends now.',
};

/** Phrases of a business, and its language. */
export interface PhraseSource {
  readonly locale: string;
  /** Frames at hand; undefined for none. */
  frames(name: string): Buffer | undefined;
  /** What they say; undefined where the business has none. */
  text(name: string): string | undefined;
}

/** A phrase from the cache, else the same words by the model. */
export const duePhrase = (name: DuePhrase, phrases: PhraseSource): DueWords => {
  const text = phrases.text(name);
  return {
    name,
    frames: (text !== undefined && phrases.frames(name)) || null,
    text: text ?? '',
    instructions: text
      ? `Say exactly: ${text}`
      : `Speak the language of locale ${phrases.locale}. ${asked[name]}`,
  };
};
