import { decodeMulaw, encodeMulaw, writeWav } from '@frontdesk/audio';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { ManualClock } from '@frontdesk/runtime';
import { Hearing } from '../line/hearing';
import { SILENT_FRAME } from '../line/line';
import { ScriptPlayer } from './script-player';
import type { Step } from './steps';

const VOICE = encodeMulaw(encodeSpeech('agent speaking here for a while').slice(0, 160));

const scripted = (steps: Step[]) => {
  const clock = new ManualClock();
  const hearing = new Hearing(clock);
  const log: string[] = [];
  const player = new ScriptPlayer(steps, hearing, clock, {
    note: (type) => log.push(type),
    dtmf: (digit) => log.push(`dtmf ${digit}`),
    hangUp: () => log.push('hang up'),
  });
  /** Lets time pass while the agent is audible or not; returns the frames the far end sent. */
  const pass = (ms: number, agent: 'speaks' | 'silent' = 'silent'): (Buffer | null)[] => {
    const frames: (Buffer | null)[] = [];
    for (let elapsed = 0; elapsed < ms; elapsed += 20) {
      clock.advance(20);
      hearing.hear(agent === 'speaks' ? VOICE : null);
      frames.push(player.nextFrame());
    }
    return frames;
  };
  /** Lets the agent say something. */
  const passFrames = (text: string): void => {
    for (const frame of framesWithin(encodeMulaw(encodeSpeech(text)))) {
      clock.advance(20);
      hearing.hear(frame);
      player.nextFrame();
    }
    pass(400);
  };
  return { player, pass, passFrames, log };
};

const framesWithin = (mulaw: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(mulaw.length / 160) }, (_, index) =>
    mulaw.subarray(index * 160, (index + 1) * 160),
  );

const wordsOf = (frames: (Buffer | null)[]): string =>
  decodeSpeech(decodeMulaw(Buffer.concat(frames.map((frame) => frame ?? SILENT_FRAME)))).text;

describe('a scripted person', () => {
  it('says its text as words that can be read back and then stays silently on the line', () => {
    const { player, pass } = scripted([{ say: 'two words' }]);
    const frames = pass(3_000);
    expect(wordsOf(frames)).toBe('two words');
    expect(frames.at(-1)).toBe(SILENT_FRAME);
    expect(player.said).toMatchObject([{ text: 'two words' }]);
    expect(player.isFinished).toBe(true);
  });

  it('waits until the agent has been audible for that long, for a barge-in', () => {
    const { pass, log } = scripted([{ waitForAgentMs: 400 }, { say: 'stop' }]);
    pass(300, 'silent');
    pass(300, 'speaks');
    expect(log).toEqual([]);
    pass(140, 'speaks');
    expect(log).toEqual(['caller-speaks']);
  });

  it('waits for silence only after the agent has spoken since its own last words', () => {
    const { pass, log } = scripted([{ say: 'hi' }, { waitForSilenceMs: 500 }, { say: 'bye' }]);
    pass(100, 'speaks');
    pass(4_000, 'silent');
    expect(log).toEqual(['caller-speaks']);
    pass(200, 'speaks');
    pass(480, 'silent');
    expect(log).toEqual(['caller-speaks']);
    pass(60, 'silent');
    expect(log).toEqual(['caller-speaks', 'caller-speaks']);
  });

  it('waits until it has heard certain words, said after the step began', () => {
    const { passFrames, pass, log } = scripted([
      { pauseMs: 1 },
      { waitForWords: 'a message' },
      { say: 'hi' },
    ]);
    pass(40);
    passFrames('leave now');
    expect(log).toEqual([]);
    passFrames('leave a message');
    expect(log).toEqual(['caller-speaks']);
  });

  it('gives a wait up after its time-out and says so', () => {
    const { pass, log } = scripted([{ waitForSilenceMs: 500, timeoutMs: 200 }, { hangUp: true }]);
    pass(400);
    expect(log).toEqual(['script-wait-timed-out', 'hang up']);
  });

  it('sends nothing at all in a gap, silence in a pause', () => {
    const { pass } = scripted([{ pauseMs: 40 }, { gapMs: 60 }]);
    expect(pass(140).map((frame) => frame === null)).toEqual([false, false, true, true, true, false, false]);
  });

  it('dials digits one after another and hangs up once', () => {
    const { pass, log } = scripted([{ dtmf: '5#' }, { hangUp: true }]);
    pass(1_000);
    expect(log).toEqual(['caller-dials', 'dtmf 5', 'caller-dials', 'dtmf #', 'hang up']);
  });

  it("plays a person's voice from a WAV of any rate", () => {
    const wav = writeWav([encodeSpeech('recorded', { sampleRate: 24_000 })], 24_000);
    const { pass } = scripted([{ playWavBase64: wav.toString('base64') }]);
    expect(wordsOf(pass(2_000))).toBe('recorded');
  });
});
