import { atMost, exactly, type Figure, told } from '@frontdesk/run-report';
import { type CallBook, eventually, type ScriptStep } from '@frontdesk/test-harness';
import { agentAudibleAfter, fallbacksOf, timesHeardMostly } from '../../books/call-book';
import { keptMessage } from '../../books/message';
import { sessionsWith, turnEnds } from '../../books/session-book';
import { type ChaosBusiness, openChaosBusiness } from '../../system/business';
import { type ChaosSystem } from '../../system/chaos-system';
import { type Scenario } from '../../system/scenario';

/** AGENT_SILENCE_MS, and the beat with which calls are looked at. */
const FILLER_MS = 4000;
const NEW_SESSION_MS = 8000;
const BEAT_MS = 250;
const CALL_TIMEOUT_MS = 90_000;
const MESSAGE = 'nobody answered me please call back';

/** Words that are the answer to no caller's turn: any of the agent's own. */
const leaveMessage = ({ prompt }: ChaosBusiness): ScriptStep[] => [
  { waitForWords: prompt, timeoutMs: 45_000 },
  { pauseMs: 300 },
  { say: MESSAGE },
  { pauseMs: 700 },
  { hangUp: true },
];

/**
 * The figures of a call whose model falls mute for good at the caller's turn `turn`. Times count from the end of the turn
 * as the model's voice detection told it; where that is mute too, from the caller's last word.
 */
const muteFigures = async (
  what: string,
  system: ChaosSystem,
  business: ChaosBusiness,
  book: CallBook,
  turn: number,
): Promise<Figure[]> => {
  const said = book.said[turn] ?? { atMs: 0, endMs: 0 };
  const sessions = await sessionsWith(system.clients.openAi, business.marker);
  system.keep(`books-${business.profile.name}`, { book, sessions });
  const next = sessions.find(({ openedAtMs }) => openedAtMs > said.atMs);
  // Where the session never spoke at all, it is the session that is waited for, from before the caller's turn.
  const endedAt = sessions.flatMap(turnEnds).find((atMs) => atMs > said.atMs) ?? said.endMs;
  const filler = agentAudibleAfter(book, said.atMs);
  const [fallback] = fallbacksOf(book);
  const late = system.probe.maxMs(endedAt, endedAt + NEW_SESSION_MS);
  const message = await keptMessage(system.clients, book.callSid);
  return [
    atMost(`${what}: filler heard`, filler === null ? null : filler - endedAt, FILLER_MS + BEAT_MS, late),
    atMost(`${what}: new session`, next ? next.openedAtMs - endedAt : null, NEW_SESSION_MS + BEAT_MS, late),
    exactly(`${what}: handed to the fallback`, 'times', fallbacksOf(book).length, 1),
    told(`${what}: caller waited for the fallback`, 'ms', fallback === undefined ? null : fallback - endedAt),
    exactly(`${what}: messages transcribed as said`, '', message.transcript === MESSAGE ? 1 : 0, 1),
    exactly(`${what}: greeted`, 'times', timesHeardMostly(book, business.greeting), 1),
  ];
};

/** The session opens and says nothing, nor does the one after it. */
const muteFromTheStart = async (system: ChaosSystem): Promise<Figure[]> => {
  const { twilio, openAi } = system.clients;
  const business = await openChaosBusiness(system, 'mute from the start');
  await openAi.fault({ name: 'mute-session', contains: business.marker });
  const callSid = await twilio.ring({
    from: '+14155551001',
    to: business.number,
    script: [{ waitForSilenceMs: 500 }, { say: 'what time is it' }, ...leaveMessage(business)],
  });
  const book = await twilio.callOver(callSid, CALL_TIMEOUT_MS);
  return muteFigures('first turn', system, business, book, 0);
};

/** One turn is answered, the next never is. */
const muteLater = async (system: ChaosSystem): Promise<Figure[]> => {
  const { twilio, openAi } = system.clients;
  const business = await openChaosBusiness(system, 'mute later');
  const callSid = await twilio.ring({
    from: '+14155551002',
    to: business.number,
    script: [
      { waitForSilenceMs: 500 },
      { say: 'my name is Ann' },
      { waitForWords: 'you said: my name is Ann' },
      { pauseMs: 2000 },
      { say: 'what time is it' },
      ...leaveMessage(business),
    ],
  });
  await eventually(async () => {
    const { heardText } = await twilio.book(callSid);
    if (!heardText.includes('you said:')) throw new Error('the first turn was not answered');
  });
  await openAi.fault({ name: 'mute-model', contains: business.marker });
  const book = await twilio.callOver(callSid, CALL_TIMEOUT_MS);
  return muteFigures('later turn', system, business, book, 1);
};

/** The model falls mute once: its successor knows the conversation and answers. */
const muteOnce = async (system: ChaosSystem): Promise<Figure[]> => {
  const { twilio, openAi } = system.clients;
  const business = await openChaosBusiness(system, 'mute once');
  await openAi.fault({ name: 'mute-model', contains: business.marker, count: 1 });
  const callSid = await twilio.ring({
    from: '+14155551003',
    to: business.number,
    script: [
      { waitForSilenceMs: 500 },
      { say: 'what time is it' },
      { waitForWords: 'you said: what time is it', timeoutMs: 20_000 },
      { pauseMs: 600 },
      { hangUp: true },
    ],
  });
  const book = await twilio.callOver(callSid, CALL_TIMEOUT_MS);
  return [
    exactly(
      'once: answered by a new session',
      'times',
      timesHeardMostly(book, 'you said: what time is it'),
      1,
    ),
    exactly('once: handed to the fallback', 'times', fallbacksOf(book).length, 0),
  ];
};

const QUIET_MS = 20_000;

/** A caller who says nothing, on a line that carries silence or nothing at all, is no fault. */
const callerOnMute = async (system: ChaosSystem): Promise<Figure[]> => {
  const { twilio } = system.clients;
  const business = await openChaosBusiness(system, 'caller on mute');
  const script: ScriptStep[] = [{ pauseMs: QUIET_MS }, { hangUp: true }];
  const lines = { silence: [], 'no media': [{ name: 'media-stalls', params: { marks: true, pongs: true } }] };
  const figures = Object.entries(lines).map(async ([line, faults], index): Promise<Figure[]> => {
    const from = `+1415555101${index}`;
    const callSid = await twilio.ring({ from, to: business.number, script, faults });
    const book = await twilio.callOver(callSid, CALL_TIMEOUT_MS);
    return [
      exactly(`caller on mute (${line}): handed to the fallback`, 'times', fallbacksOf(book).length, 0),
      exactly(`caller on mute (${line}): greeted`, 'times', timesHeardMostly(book, business.greeting), 1),
    ];
  });
  return (await Promise.all(figures)).flat();
};

export const muteModel: Scenario = {
  name: 'mute model',
  run: async (system) =>
    (
      await Promise.all([muteFromTheStart(system), muteLater(system), muteOnce(system), callerOnMute(system)])
    ).flat(),
};
