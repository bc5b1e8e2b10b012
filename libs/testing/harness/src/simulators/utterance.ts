import { type SessionBook } from './openai-sim';
import { type CallBook, type HeardWord } from './twilio-sim';

/** Something one side said, as whoever tells it knows it. */
export interface Utterance {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** What the caller heard the agent say at once: the words of one generated text, in order. */
export interface HeardUtterance extends Utterance {
  readonly role: 'assistant';
  readonly startMs: number;
  /** Of the last word, cut or whole. */
  readonly endMs: number;
  readonly words: readonly HeardWord[];
  /** When the line fell silent after it (or after what followed it at once). */
  readonly silentAtMs: number;
  /** It ends in a word that was cut off. */
  readonly endsCut: boolean;
}

/** What the caller heard, utterance by utterance: each one counts its words from 0. */
export const heardUtterances = ({ spurts }: Pick<CallBook, 'spurts'>): HeardUtterance[] => {
  const groups: { words: HeardWord[]; silentAtMs: number }[] = [];
  for (const { words, endMs } of spurts)
    for (const word of words) {
      const current = groups.at(-1);
      const last = current?.words.at(-1);
      if (current && last && word.sequence > last.sequence) {
        current.words.push(word);
        current.silentAtMs = endMs;
      } else groups.push({ words: [word], silentAtMs: endMs });
    }
  return groups.map(({ words, silentAtMs }) => ({
    role: 'assistant',
    text: textOf(words.filter(({ ok }) => ok)),
    startMs: words[0]!.startMs,
    endMs: words.at(-1)!.endMs,
    words,
    silentAtMs,
    endsCut: !words.at(-1)!.ok,
  }));
};

const textOf = (words: readonly HeardWord[]): string => words.map(({ text }) => text).join(' ');

/** Both sides of a call in the order in which they began, by the far end's own book. */
export const conversationHeard = (book: Pick<CallBook, 'spurts' | 'said'>): Utterance[] =>
  [
    ...heardUtterances(book),
    ...book.said.map(({ atMs, text }) => ({ role: 'user' as const, text, startMs: atMs })),
  ]
    .sort((one, other) => one.startMs - other.startMs)
    .filter(({ text }) => text !== '')
    .map(({ role, text }) => ({ role, text }));

/** The same conversation as the model remembers it; function calls left out. */
export const conversationRemembered = ({ items }: Pick<SessionBook, 'items'>): Utterance[] =>
  items
    .filter(({ deleted, text }) => !deleted && text !== '')
    .flatMap(({ role, text }) => (role === 'user' || role === 'assistant' ? [{ role, text }] : []));
