import { type BookEvent, type CallBook, heardUtterances } from '@frontdesk/test-harness';

/** Questions to Twilio's book of a call. */

export const eventsOf = ({ events }: CallBook, type: string): BookEvent[] =>
  events.filter((event) => event.type === type);

/**
 * When the call was handed to the fallback: a prompt, then a recording. By a redirect, or as the answer to Twilio's question
 * what is next after a stream that ended; each counts.
 */
export const fallbacksOf = (book: CallBook): number[] => {
  const verbs = eventsOf(book, 'verb');
  return verbs.flatMap(({ name, atMs }, index) =>
    name === 'Record' ? [verbs[index - 1]?.atMs ?? atMs] : [],
  );
};

/** When a stream of the call sent its `start`, one entry a generation. */
export const streamStartsOf = (book: CallBook): number[] =>
  eventsOf(book, 'stream-start-sent').map(({ atMs }) => atMs);

/** How long the call was without a stream, each time that one took the place of another. */
export const streamGapsOf = (book: CallBook): number[] => {
  const ends = eventsOf(book, 'stream-stopped').map(({ atMs }) => atMs);
  return streamStartsOf(book)
    .slice(1)
    .map((startMs) => startMs - Math.max(...ends.filter((endMs) => endMs <= startMs)));
};

/** How often the caller heard a text from its first word to its last. */
export const timesHeard = (book: CallBook, text: string): number =>
  heardUtterances(book).filter((utterance) => utterance.text === text).length;

/** How often the caller heard a text, of which a late machine may have damaged one word. */
export const timesHeardMostly = (book: CallBook, wanted: string): number => {
  const words = new Set(wanted.split(' '));
  const enough = Math.max(1, words.size - 1);
  return heardUtterances(book).filter(
    ({ text }) => new Set(text.split(' ').filter((word) => words.has(word))).size >= enough,
  ).length;
};

/** How often an utterance with these first words began, whole or cut. */
export const timesBegun = (book: CallBook, firstWords: string): number =>
  heardUtterances(book).filter(({ text }) => text.startsWith(firstWords)).length;

/** Whether the far end came to the end of its script and hung up itself: nobody cut the call. */
export const endedByItself = (book: CallBook): boolean =>
  eventsOf(book, 'hangup').some(({ by }) => by === 'far-end') && timedOutWaits(book) === 0;

/** Waits of the script in which what was waited for did not come. */
export const timedOutWaits = (book: CallBook): number => eventsOf(book, 'script-wait-timed-out').length;

/** When the agent was first audible after a moment; null when never. */
export const agentAudibleAfter = ({ spurts }: CallBook, atMs: number): number | null =>
  spurts.find(({ startMs }) => startMs >= atMs)?.startMs ?? null;
