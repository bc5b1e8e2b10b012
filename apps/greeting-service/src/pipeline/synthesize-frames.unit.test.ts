import { decodeMulaw, FRAME_BYTES, MULAW_SILENCE, resample, rmsDbfs } from '@frontdesk/audio';
import { levelAt, peakOf, silence as noSound } from '@frontdesk/audio/test-signals';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { type SpeechSynthesizer, type SynthesisRequest } from '@frontdesk/speech';
import { synthesizeFrames } from './synthesize-frames';
import { tone } from '../../tests/tone';

const request = { text: 'Hello there', voice: 'alloy', locale: 'en-US' };

/** A provider that says one thing, in pieces of 1,000 samples, and then ends as told. */
const saying = (
  pcm: Int16Array,
  sampleRate = 24_000,
  end?: Error,
): SpeechSynthesizer & { asked: SynthesisRequest[] } => {
  const asked: SynthesisRequest[] = [];
  return {
    provider: 'fake',
    model: 'fake-1',
    sampleRate,
    asked,
    async *synthesize(what) {
      asked.push(what);
      for (let at = 0; at < pcm.length; at += 1000) yield await Promise.resolve(pcm.subarray(at, at + 1000));
      if (end) throw end;
    },
  };
};

const silence = (ms: number, rate = 24_000): Int16Array => noSound((ms * rate) / 1000);
const joined = (...parts: Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));

describe('frames of a text', () => {
  it('are asked of the provider by the text as spoken', async () => {
    const provider = saying(tone(1000));
    await synthesizeFrames(provider, { ...request, text: '<speak>Hello!!!<break time="3s"/> there</speak>' });
    expect(provider.asked).toMatchObject([{ text: 'Hello! there', voice: 'alloy', locale: 'en-US' }]);
  });

  it.each([24_000, 22_050, 16_000])(
    'begin within 20 ms of the first sound and keep its length, from %i Hz',
    async (rate) => {
      const mulaw = await synthesizeFrames(
        saying(joined(silence(400, rate), tone(1000, { rate })), rate),
        request,
      );
      const loudAt = decodeMulaw(mulaw).findIndex((sample) => Math.abs(sample) > 1000);
      expect(loudAt).toBeLessThan(160);
      expect(mulaw.length % FRAME_BYTES).toBe(0);
      expect(mulaw.length).toBeGreaterThanOrEqual(8000);
      expect(mulaw.length).toBeLessThanOrEqual(8000 + 4 * FRAME_BYTES);
    },
  );

  it('fill the last frame with mu-law silence, 0xff', async () => {
    const mulaw = await synthesizeFrames(saying(joined(tone(1005), silence(200))), request);
    expect(mulaw.at(-1)).toBe(MULAW_SILENCE);
  });

  it.each([300, 3000, 20_000])(
    'lie at -20 dBFS whatever the provider’s level (amplitude %i)',
    async (amplitude) => {
      const pcm = decodeMulaw(await synthesizeFrames(saying(tone(1000, { amplitude })), request));
      expect(rmsDbfs(pcm.subarray(0, 8000))).toBeGreaterThan(-20.7);
      expect(rmsDbfs(pcm.subarray(0, 8000))).toBeLessThan(-19.3);
    },
  );

  it('peak below -3 dBFS even when the level would ask for more', async () => {
    const clicks = Int16Array.from({ length: 24_000 }, (_, i) => (i % 2400 < 24 ? 12_000 : (i % 50) * 2));
    const pcm = decodeMulaw(await synthesizeFrames(saying(clicks), request));
    expect(peakOf(pcm)).toBeLessThan(32_768 * 10 ** (-3 / 20));
  });

  it.each([24_000, 22_050, 16_000])('lie at -20 dBFS even for a peaky voice, from %i Hz', async (rate) => {
    // Bursts of 1 kHz, 4 ms in each 20, the seventh of them twice as loud: the peaks of one gain alone would be over.
    const bursts = tone(2000, { hz: 1000, amplitude: 14_000, rate }).map((sample, i) => {
      const ms = (i * 1000) / rate;
      return ms % 20 < 4 ? Math.round(Math.floor(ms / 20) % 7 === 0 ? sample * 2 : sample) : 0;
    });
    const pcm = decodeMulaw(await synthesizeFrames(saying(bursts, rate), request)).subarray(800, 15_000);
    expect(Math.abs(rmsDbfs(pcm) + 20)).toBeLessThan(0.7);
    expect(peakOf(pcm)).toBeLessThan(32_768 * 10 ** (-3 / 20));
  });

  it('carry nothing of what lay above 4 kHz: no alias of 6 kHz at 2 kHz', async () => {
    const high = tone(1000, { hz: 6000 });
    const mixed = tone(1000, { hz: 1000 }).map((sample, i) => sample + high[i]!);
    const pcm = decodeMulaw(await synthesizeFrames(saying(mixed), request)).subarray(0, 8000);
    expect(levelAt(pcm, 1000) - levelAt(pcm, 2000)).toBeGreaterThan(35);
  });
});

describe('every word of a text', () => {
  it.each([24_000, 22_050, 16_000])(
    'is still there in its frames, from a provider with %i Hz',
    async (rate) => {
      const text = 'שלום, הגעתם למספר 1,000 of Dana.';
      const spoken = resample(encodeSpeech(text), 8000, rate);
      const quiet = joined(silence(300, rate), spoken).map((sample) => Math.round(sample / 8));
      const mulaw = await synthesizeFrames(saying(quiet, rate), { ...request, text });
      const heard = decodeSpeech(decodeMulaw(mulaw));
      expect(heard.text).toBe(text);
      expect(heard.words.every(({ ok }) => ok)).toBe(true);
    },
  );
});

describe('what is not speech', () => {
  it.each([
    ['nothing', new Int16Array(0), /no audio at all/],
    ['silence', silence(2000), /silence/],
    ['a piece of the text', tone(60), /too short to be whole/],
  ])('is refused: %s', async (_what, pcm, message) => {
    await expect(synthesizeFrames(saying(pcm), request)).rejects.toThrow(message);
  });

  it('is refused when the provider breaks off in the middle', async () => {
    const provider = saying(tone(1000), 24_000, new Error('terminated'));
    await expect(synthesizeFrames(provider, request)).rejects.toThrow('terminated');
  });

  it('is never asked for: a text of punctuation alone', async () => {
    const provider = saying(tone(1000));
    await expect(synthesizeFrames(provider, { ...request, text: '... <break/> !' })).rejects.toThrow(
      /nothing that can be spoken/,
    );
    expect(provider.asked).toEqual([]);
  });
});
