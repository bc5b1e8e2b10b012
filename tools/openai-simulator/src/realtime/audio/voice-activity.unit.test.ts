import { encodeSpeech } from '@frontdesk/audio-identity';
import { VoiceActivityDetector } from './voice-activity';

const SETTINGS = { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 500 };
const silence = (ms: number): Int16Array => new Int16Array(ms * 8);
const tone = (ms: number, amplitude: number): Int16Array =>
  Int16Array.from({ length: ms * 8 }, (_, index) => amplitude * Math.sin(index / 3));

describe('voice activity', () => {
  it('starts a turn with its padding and ends it after 500 ms of silence, in audio time', () => {
    const vad = new VoiceActivityDetector(SETTINGS);
    expect(vad.push(silence(1_000))).toEqual([]);
    expect(vad.push(tone(400, 6_000))).toEqual([{ kind: 'started', audioStartMs: 700 }]);
    expect(vad.push(silence(480))).toEqual([]);
    expect(vad.push(silence(20))).toEqual([{ kind: 'stopped', audioEndMs: 1_900 }]);
  });

  it('gives the same answers however the audio is cut', () => {
    const audio = new Int16Array([...silence(700), ...encodeSpeech('one two three'), ...silence(900)]);
    const whole = new VoiceActivityDetector(SETTINGS).push(audio);
    const piecewise = new VoiceActivityDetector(SETTINGS);
    const pieces = [];
    for (let at = 0; at < audio.length; at += 97) pieces.push(...piecewise.push(audio.subarray(at, at + 97)));
    expect(whole.map(({ kind }) => kind)).toEqual(['started', 'stopped']);
    expect(pieces).toEqual(whole);
  });

  it('takes a click of 40 ms and noise under the threshold for silence', () => {
    const vad = new VoiceActivityDetector(SETTINGS);
    expect(vad.push(tone(40, 20_000))).toEqual([]);
    expect(vad.push(silence(20))).toEqual([]);
    expect(vad.push(tone(2_000, 400))).toEqual([]);
    expect(new VoiceActivityDetector({ ...SETTINGS, threshold: 0.1 }).push(tone(2_000, 400))).toHaveLength(1);
  });

  it('never lets the padding reach back into the turn before', () => {
    const vad = new VoiceActivityDetector({ ...SETTINGS, silenceDurationMs: 100 });
    const happened = [tone(200, 6_000), silence(120), tone(200, 6_000)].flatMap((pcm) => vad.push(pcm));
    expect(happened).toEqual([
      { kind: 'started', audioStartMs: 0 },
      { kind: 'stopped', audioEndMs: 300 },
      { kind: 'started', audioStartMs: 300 },
    ]);
  });
});
