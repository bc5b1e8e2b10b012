import { estimatedDurationMs } from '@frontdesk/audio-identity';
import { atMost, exactly, type Figure, told } from '@frontdesk/run-report';
import { type CallBook, eventually, type ScriptStep, type SessionBook } from '@frontdesk/test-harness';
import { fallbacksOf, timesHeardMostly, timesHeard } from '../../books/call-book';
import { memoryOf, readyAt, sessionsWith } from '../../books/session-book';
import { type ChaosBusiness, openChaosBusiness } from '../../system/business';
import { type ChaosSystem } from '../../system/chaos-system';
import { type Scenario } from '../../system/scenario';

const BACK_MS = 1000;
const FIRST_TURN = 'my name is Ann';

interface CutCall {
  readonly book: CallBook;
  readonly cutAtMs: number;
  readonly after: SessionBook | undefined;
}

/** Plays a call and cuts the socket of its model's session as soon as `isTime`. */
const cutCall = async (
  system: ChaosSystem,
  business: ChaosBusiness,
  script: ScriptStep[],
  isTime: (book: CallBook) => boolean,
): Promise<CutCall> => {
  const { twilio, openAi } = system.clients;
  const callSid = await twilio.ring({ from: '+14155552001', to: business.number, script });
  await eventually(async () => {
    if (!isTime(await twilio.book(callSid))) throw new Error('the moment of the cut did not come');
  }, 40_000);
  const before = (await sessionsWith(openAi, business.marker)).findLast(
    ({ closedAtMs }) => closedAtMs === null,
  );
  if (!before) throw new Error('the call has no open session');
  const cutAtMs = Date.now();
  await openAi.drop(before.id);
  const book = await twilio.callOver(callSid, 60_000);
  const sessions = await sessionsWith(openAi, business.marker);
  system.keep(`books-${business.profile.name}`, { cutAtMs, book, sessions });
  return { book, cutAtMs, after: sessions.find(({ openedAtMs }) => openedAtMs >= cutAtMs) };
};

const commonFigures = (
  what: string,
  system: ChaosSystem,
  business: ChaosBusiness,
  { book, cutAtMs, after }: CutCall,
): Figure[] => {
  const ready = after ? readyAt(after) : null;
  const late = system.probe.maxMs(cutAtMs, cutAtMs + BACK_MS);
  return [
    atMost(`${what}: next session ready`, ready === null ? null : ready - cutAtMs, BACK_MS, late),
    exactly(
      `${what}: turns before the cut in its history`,
      '',
      after && memoryOf(after).includes(FIRST_TURN) ? 1 : 0,
      1,
    ),
    exactly(`${what}: greeted`, 'times', timesHeardMostly(book, business.greeting), 1),
    exactly(`${what}: handed to the fallback`, 'times', fallbacksOf(book).length, 0),
  ];
};

const whileTheAgentSpeaks = async (system: ChaosSystem): Promise<Figure[]> => {
  const business = await openChaosBusiness(system, 'cut in an answer');
  const question = 'what about apples';
  const call = await cutCall(
    system,
    business,
    [
      { waitForSilenceMs: 500 },
      { say: FIRST_TURN },
      { waitForSilenceMs: 500 },
      { say: 'tell me a long story' },
      { waitForSilenceMs: 900 },
      { say: question },
      { waitForWords: `you said: ${question}`, timeoutMs: 15_000 },
      { pauseMs: 300 },
      { hangUp: true },
    ],
    ({ heardText }) => heardText.includes('once upon'),
  );
  return [
    ...commonFigures('agent speaks', system, business, call),
    exactly('agent speaks: next turn answered', 'times', timesHeard(call.book, `you said: ${question}`), 1),
  ];
};

const LONG_TURN = 'one two three four five six seven eight nine ten eleven twelve';

const whileTheCallerSpeaks = async (system: ChaosSystem): Promise<Figure[]> => {
  const business = await openChaosBusiness(system, 'cut in a question');
  const call = await cutCall(
    system,
    business,
    [
      { waitForSilenceMs: 500 },
      { say: FIRST_TURN },
      { waitForSilenceMs: 700 },
      { say: LONG_TURN },
      { waitForWords: 'twelve', timeoutMs: 15_000 },
      { pauseMs: 300 },
      { hangUp: true },
    ],
    ({ said }) => said[1] !== undefined && Date.now() - said[1].atMs > 1500,
  );
  const begunAt = call.book.said[1]?.atMs ?? 0;
  const words = LONG_TURN.split(' ');
  // The word in which the socket was cut may be lost; every word that began after it may not.
  const ofTheGap = words.filter(
    (_, index) => begunAt + estimatedDurationMs(words.slice(0, index).join(' ')) > call.cutAtMs,
  );
  const answer = call.book.heardText.split('you said: ').at(-1)?.split(' ') ?? [];
  const answered = ofTheGap.filter((word) => answer.includes(word));
  return [
    ...commonFigures('caller speaks', system, business, call),
    exactly(
      'caller speaks: words said after the cut and answered',
      'words',
      answered.length,
      ofTheGap.length,
    ),
    told(
      'caller speaks: words of the whole turn in the answer',
      'words',
      words.filter((word) => answer.includes(word)).length,
    ),
  ];
};

export const modelSocketCut: Scenario = {
  name: 'model socket cut',
  run: async (system) =>
    (await Promise.all([whileTheAgentSpeaks(system), whileTheCallerSpeaks(system)])).flat(),
};
