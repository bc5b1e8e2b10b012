import { decodeMulaw, FRAME_BYTES, resample, rmsDbfs } from '@frontdesk/audio';
import { levelAt, peakOf } from '@frontdesk/audio/test-signals';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { LiveFrames } from './live-frames';
import { tone } from '../../tests/tone';

/** What a caller hears of speech that comes in pieces of 20 ms; and after how many of them there was something to hear. */
const heard = (pcm: Int16Array, rate: number): { mulaw: Buffer; firstAfterMs: number } => {
  const live = new LiveFrames(rate);
  const pieces: Buffer[] = [];
  let firstAfterMs = Infinity;
  const step = rate / 50;
  for (let at = 0; at < pcm.length; at += step) {
    const piece = live.process(pcm.subarray(at, at + step));
    if (piece.length > 0) firstAfterMs = Math.min(firstAfterMs, (1000 * (at + step)) / rate);
    pieces.push(piece);
  }
  return { mulaw: Buffer.concat([...pieces, live.flush()]), firstAfterMs };
};

describe('frames of speech while it is made', () => {
  it.each([24_000, 22_050, 16_000])(
    'begin within 200 ms of sound, in whole frames, and lose nothing of it, from %d Hz',
    (rate) => {
      const { mulaw, firstAfterMs } = heard(tone(2000, { rate }), rate);
      expect(firstAfterMs).toBeLessThanOrEqual(200);
      expect(mulaw.length % FRAME_BYTES).toBe(0);
      expect(mulaw.length).toBeGreaterThanOrEqual(16_000);
      expect(mulaw.length).toBeLessThanOrEqual(16_000 + 4 * FRAME_BYTES);
    },
  );

  it.each([300, 3000, 20_000])(
    'lie within 4 dB of -20 dBFS from the first second on, and peak below -3 (amplitude %d)',
    (amplitude) => {
      const pcm = decodeMulaw(heard(tone(4000, { amplitude }), 24_000).mulaw);
      for (const second of [0, 1, 2, 3])
        expect(Math.abs(rmsDbfs(pcm.subarray(second * 8000, (second + 1) * 8000)) + 20)).toBeLessThan(4);
      expect(peakOf(pcm)).toBeLessThan(32_768 * 10 ** (-3 / 20));
    },
  );

  it.each([24_000, 22_050, 16_000])('carry no alias of 6 kHz at 2 kHz, from %d Hz', (rate) => {
    const high = tone(1500, { hz: 6000, rate });
    const mixed = tone(1500, { hz: 1000, rate }).map((sample, i) => sample + high[i]!);
    const pcm = decodeMulaw(heard(mixed, rate).mulaw).subarray(2000, 10_000);
    expect(levelAt(pcm, 1000) - levelAt(pcm, 2000)).toBeGreaterThan(35);
  });

  it('hold every word, and none of the silence before the first', () => {
    const text = 'שלום, הגעתם למספר 1,000 of Dana.';
    const spoken = resample(encodeSpeech(text), 8000, 24_000);
    const late = new Int16Array(24_000 + spoken.length);
    late.set(spoken, 24_000);
    const pcm = decodeMulaw(heard(late, 24_000).mulaw);
    expect(decodeSpeech(pcm).text).toBe(text);
    expect(pcm.findIndex((sample) => Math.abs(sample) > 1000)).toBeLessThan(800);
  });
});
