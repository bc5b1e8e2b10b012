import { type CallBook, eventually, type ScriptStep, type SessionBook } from '@frontdesk/test-harness';
import { type GatewayWorld } from './gateway-world';

export interface FinishedCall {
  readonly callSid: string;
  readonly book: CallBook;
  /** Sessions of the call's business, oldest first. */
  readonly sessions: SessionBook[];
  readonly log: (event: string) => Record<string, unknown>[];
}

/**
 * Rings a business, waits until the call is over at Twilio and each of its streams closed at the gateway, and
 * gives what every side knows of it. The end itself (`CALL_ENDED`) is told later: late transcripts are waited for.
 */
export const callOf = async (
  world: GatewayWorld,
  number: string,
  script: ScriptStep[],
  faults: { name: string; count?: number; params?: Record<string, unknown> }[] = [],
): Promise<FinishedCall> => {
  const before = new Set((await world.openAi.sessions()).map(({ id }) => id));
  const callSid = await world.twilio.ring({ from: '+14155550100', to: number, script, faults });
  const book = await world.twilio.callOver(callSid);
  const log = (event: string): Record<string, unknown>[] => world.log(callSid, event);
  await eventually(() => {
    expect(log('TX_QUEUE_FLUSH')).toHaveLength(log('WS_START').length);
  });
  const sessions = (await world.openAi.sessions()).filter(({ id }) => !before.has(id));
  return { callSid, book, sessions, log };
};

/** What the caller heard in whole words; the simulator marks a word that was cut with a tilde. */
export const wholeWordsHeard = ({ heardText }: CallBook): string[] =>
  heardText.split(' ').filter((word) => word !== '' && !word.endsWith('~'));

/**
 * How often the caller heard something, by words that nothing else of the call holds: where a late machine damages one of
 * them, the others tell.
 */
export const timesHeard = ({ heardText }: CallBook, ...words: string[]): number => {
  const heard = heardText.split(' ');
  return Math.max(...words.map((word) => heard.filter((one) => one === word).length));
};

/** What the model believes the agent said, as words. */
export const wordsRemembered = ({ items }: SessionBook): string[] =>
  items
    .filter(({ role, deleted }) => role === 'assistant' && !deleted)
    .flatMap(({ text }) => text.split(' ').filter(Boolean));
