import { estimatedDurationMs } from '@frontdesk/audio-identity';
import { listCallTurns, type Turn } from '@frontdesk/contracts';
import {
  type CallBook,
  conversationHeard,
  conversationRemembered,
  eventually,
  heardUtterances,
  type ScriptStep,
  type SessionBook,
  startConstellation,
  type TestConstellation,
} from '@frontdesk/test-harness';
import { LatenessProbe, loopStalls } from '@frontdesk/run-report';
import { openBusiness } from '../src/business';

const NUMBER = '+15550100200';
const GREETING = 'Welcome to Rosa lamps, how can I help?';
const CALLERS = ['Avi', 'Bella', 'Chaim', 'Dana', 'Efrat'];

/** A mark's round trip and a frame: how much longer or shorter the far end may measure a spurt. */
const SPURT_TOLERANCE_MS = 120;
/** The decoder places a word to about a millisecond; a few more for rounding to whole ones. */
const WORD_TOLERANCE_MS = 5;

/** How far the gateway's estimate of what was heard of a cut answer may be from what was. */
const ESTIMATE_WORDS = 2;
const wordCount = (text: string): number => text.split(/\s+/u).filter(Boolean).length;

/**
 * The model generates a long story (9.7 s) in 2.4 s: the caller speaks over it once while it is being generated, once
 * when all of it was generated long ago and is still being heard, and once more right after.
 */
const MODEL_SPEED = '4';
/**
 * A lead that a busy test machine does not use up: this journey shows that what is remembered is true, not how late a
 * machine may be; a hole in the line would break the word it falls on.
 */
const LEAD_MS = '1000';

const sixTurns = (name: string, index: number): ScriptStep[] => [
  { waitForSilenceMs: 500 },
  { say: `this is ${name}` },
  { waitForSilenceMs: 500 },
  { say: 'tell me a long story' },
  { waitForAgentMs: 1_000 + 120 * index },
  { say: `stop says ${name}` },
  { waitForSilenceMs: 500 },
  { say: 'another long story' },
  { waitForAgentMs: 3_100 + 130 * index },
  { say: 'one more long story' },
  { waitForAgentMs: 700 + 90 * index },
  { say: `thank you from ${name}` },
  { waitForSilenceMs: 700 },
  { hangUp: true },
];

interface FinishedCall {
  readonly name: string;
  readonly call: CallBook;
  readonly session: SessionBook;
  readonly turns: readonly Turn[];
}

describe('five calls at once, six turns each, with three barge-ins each', () => {
  let system: TestConstellation;
  let calls: FinishedCall[];
  let machineMs: number;

  beforeAll(async () => {
    system = await startConstellation({
      extraEnv: {
        'openai-simulator': { OPENAI_SIM_SPEED: MODEL_SPEED },
        'media-gateway': { TX_LEAD_MS: LEAD_MS },
      },
    });
    const { clients } = system;
    await openBusiness(clients, { name: 'Rosa lamps', number: NUMBER, greetingText: GREETING });
    const finish = async (name: string, index: number): Promise<FinishedCall> => {
      const callSid = await clients.twilio.ring({
        from: `+1415555020${index}`,
        to: NUMBER,
        script: sixTurns(name, index),
      });
      const call = await clients.twilio.callOver(callSid, 180_000);
      const session = await eventually(async () => {
        const found = (await clients.openAi.sessions(`this is ${name}`)).find(
          ({ closedAtMs }) => closedAtMs !== null,
        );
        if (!found) throw new Error(`the model's session with ${name} is not over`);
        return found;
      });
      const turns = await eventually(async () => {
        const answer = await clients.recording.call(listCallTurns, { params: { sid: callSid } });
        const expected = conversationRemembered(session).length;
        if (answer.turns.length < expected)
          throw new Error(`${answer.turns.length} of ${expected} turns of ${name} are in the call log`);
        return answer.turns;
      });
      return { name, call, session, turns };
    };
    await using probe = new LatenessProbe();
    calls = await Promise.all(CALLERS.map(finish));
    machineMs = probe.maxMs();
  }, 300_000);
  afterAll(() => system[Symbol.asyncDispose](), 60_000);

  it('each history in the model’s memory is word for word what the caller heard and said', () => {
    for (const { call, session } of calls)
      expect(conversationRemembered(session)).toEqual(conversationHeard(call));
  });

  it('each call had its six turns and was interrupted three times, before and after the model was done', () => {
    for (const { call, session } of calls) {
      expect(call.said).toHaveLength(6);
      expect(session.items.filter(({ role }) => role === 'user')).toHaveLength(6);
      const cut = session.items.filter(
        ({ truncatedAtMs, deleted }) => truncatedAtMs !== undefined || deleted,
      );
      expect(cut).toHaveLength(3);
      const cancels = session.events.filter(
        ({ direction, type }) => direction === 'client' && type === 'response.cancel',
      );
      expect(cancels).toHaveLength(2);
    }
  });

  it('no response is cancelled twice, and the model never had to refuse anything', () => {
    for (const { session } of calls) {
      expect(session.violations).toEqual([]);
      const cancelled = session.events
        .filter(({ direction, type }) => direction === 'client' && type === 'response.cancel')
        .map(({ responseId }) => responseId);
      expect(new Set(cancelled).size).toBe(cancelled.length);
      expect(cancelled).not.toContain(undefined);
    }
  });

  it('every word that was not cut arrived whole, and speech kept its length', () => {
    for (const { call } of calls) {
      const slack = WORD_TOLERANCE_MS + call.media.underrunMs;
      for (const { words, text, startMs } of heardUtterances(call)) {
        expect(words.slice(0, -1).filter(({ ok }) => !ok)).toEqual([]);
        expect(words.map(({ sequence }) => sequence)).toEqual(words.map((_, index) => index));
        const whole = words.filter(({ ok }) => ok);
        if (whole.length === 0) continue;
        const lengthMs = whole.at(-1)!.endMs - startMs;
        expect(Math.abs(lengthMs - estimatedDurationMs(text))).toBeLessThanOrEqual(slack);
      }
    }
  });

  it('what was cut is as long in the model’s memory as in the caller’s ear', () => {
    for (const { call, session } of calls) {
      const heard = heardUtterances(call);
      const spoken = session.items.filter(({ audioMs, deleted }) => audioMs !== undefined && !deleted);
      for (const item of spoken.filter(({ truncatedAtMs }) => truncatedAtMs !== undefined)) {
        const index = spoken.indexOf(item) - spoken.length + heard.length;
        const { startMs, silentAtMs } = heard[index]!;
        const audibleMs = silentAtMs - startMs - call.media.underrunMs;
        expect(Math.abs(audibleMs - item.truncatedAtMs!)).toBeLessThanOrEqual(SPURT_TOLERANCE_MS);
      }
    }
  });

  it('the call log tells the same conversation: exactly where all was heard, to a word or two where it was cut', () => {
    for (const { call, turns } of calls) {
      const told = turns.filter(({ heard }) => heard !== '');
      const heard = conversationHeard(call);
      expect(told.map(({ speaker }) => (speaker === 'agent' ? 'assistant' : 'user'))).toEqual(
        heard.map(({ role }) => role),
      );
      told.forEach((turn, index) => {
        const { text } = heard[index]!;
        expect(turn.said.startsWith(text)).toBe(true);
        if (!turn.estimated) expect(turn.heard).toBe(text);
        else expect(Math.abs(wordCount(turn.heard) - wordCount(text))).toBeLessThanOrEqual(ESTIMATE_WORDS);
        // Only an interrupted answer may be an estimate: the provider tells no word times.
        expect(turn.interrupted || !turn.estimated).toBe(true);
      });
    }
  });

  it('nothing stood in the gateway’s event loop while it talked', async () => {
    const metrics = await fetch(`${system.constellation.url('media-gateway')}/metrics`);
    const stalls = loopStalls(await metrics.text(), machineMs);
    expect(stalls?.later ?? 0).toBe(0);
  });

  it('Twilio had nothing to complain about', () => {
    for (const { call } of calls) {
      expect(call.media.violations).toEqual([]);
      expect(call.warnings).toEqual([]);
    }
  });
});
