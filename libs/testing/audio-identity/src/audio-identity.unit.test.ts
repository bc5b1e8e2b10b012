import { decodeMulaw, encodeMulaw, resample, rmsDbfs } from '@frontdesk/audio';
import fc from 'fast-check';
import { decodeSpeech, encodeSpeech, estimatedDurationMs, SpeechDecoder, type Word } from './index';

const ENGLISH = 'Good morning, thank you for calling. How may I help you today?';
const HEBREW = 'שלום, הגעתם למרפאה. במה אפשר לעזור?';

const letters = 'abcxyzKLM019,.?!אבגשת€éÿ';
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((text) => !/\s/u.test(text)),
);
const sentence = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 });

/** Repeatable uniform numbers in [0, 1). */
const generator = (start: number) => {
  let state = start;
  return () => (state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647) / 2_147_483_647;
};

const silence = (samples: number): Int16Array => new Int16Array(samples);
const join = (...parts: Int16Array[]): Int16Array => {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
const amplify = (pcm: Int16Array, gain: number): Int16Array =>
  pcm.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));

/** White Gaussian noise at the given distance below the -20 dBFS of the tones. */
const withNoise = (pcm: Int16Array, snrDb: number, start: number): Int16Array => {
  const random = generator(start);
  const sigma = 3276.8 * 10 ** (-snrDb / 20);
  return pcm.map((sample) => {
    const gauss = Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
    return Math.max(-32_768, Math.min(32_767, Math.round(sample + sigma * gauss)));
  });
};
const throughMulaw = (pcm: Int16Array): Int16Array => decodeMulaw(encodeMulaw(pcm));

const expectAll = (words: Word[], text: string): void => {
  expect(words.map(({ text: heard, ok }) => ({ heard, ok }))).toEqual(
    text
      .split(/\s+/u)
      .filter(Boolean)
      .map((heard) => ({ heard, ok: true })),
  );
};

describe('speech of the simulated world', () => {
  it.each([ENGLISH, HEBREW])('carries "%s"', (text) => {
    const { words, text: heard } = decodeSpeech(encodeSpeech(text));
    expect(heard).toBe(text);
    expect(words.map((one) => one.sequence)).toEqual(words.map((_, index) => index));
  });

  it('survives mu-law, any gain from 0.05 to clipping, noise 5 dB below, and any offset', () => {
    const gain = fc.constantFrom(0.05, 0.2, 1, 2.2, 20, 200);
    const snr = fc.constantFrom(5, 10, 40);
    fc.assert(
      fc.property(sentence, fc.nat(2000), gain, snr, seed, (text, offset, factor, snrDb, start) => {
        const sound = join(silence(offset), encodeSpeech(text), silence(300));
        const line = throughMulaw(amplify(withNoise(sound, snrDb, start), factor));
        expectAll(decodeSpeech(line).words, text);
      }),
      { numRuns: 40 },
    );
  });

  it.each([24_000, 22_050, 16_000])('survives being made at %i Hz and resampled to 8000', (sampleRate) => {
    const { words } = decodeSpeech(resample(encodeSpeech(ENGLISH, { sampleRate }), sampleRate, 8000));
    expectAll(words, ENGLISH);
  });

  it('is heard alike in pieces of any size', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 });
    const pcm = join(silence(777), encodeSpeech(`${HEBREW} ok`));
    const whole = decodeSpeech(pcm).words;
    fc.assert(
      fc.property(sizes, (pieces) => {
        const decoder = new SpeechDecoder();
        const words: Word[] = [];
        for (let at = 0, i = 0; at < pcm.length; i++) {
          const size = pieces[i % pieces.length]!;
          words.push(...decoder.push(pcm.subarray(at, at + size)));
          at += size;
        }
        expect([...words, ...decoder.flush()]).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it('tells a word that was cut: all before it are whole, it is not ok, none is invented', () => {
    const text = 'one twenty three hundred';
    const pcm = encodeSpeech(text);
    const spoken = text.split(' ');
    fc.assert(
      fc.property(fc.nat(pcm.length), fc.boolean(), (cut, silenceFollows) => {
        const { words } = decodeSpeech(join(pcm.subarray(0, cut), silence(silenceFollows ? 4000 : 0)));
        const ends = spoken.map((_, i) => estimatedDurationMs(spoken.slice(0, i + 1).join(' ')) * 8);
        const whole = words.filter((one) => one.ok);
        expect(whole.length).toBeGreaterThanOrEqual(ends.filter((end) => end <= cut).length);
        expect(whole.map((one) => one.text)).toEqual(spoken.slice(0, whole.length));
        const partial = words.slice(whole.length);
        expect(partial.length).toBeLessThanOrEqual(1);
        for (const { text: heard, ok } of partial) {
          expect(ok).toBe(false);
          expect(spoken[whole.length]!.startsWith(heard)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('hears the words after a late start, and new speech begun in the middle of a cut word', () => {
    const pcm = encodeSpeech('alpha bravo charlie delta');
    const next = encodeSpeech('echo foxtrot', { firstSequence: 10 });
    fc.assert(
      fc.property(fc.nat(pcm.length - 1), (cut) => {
        const late = decodeSpeech(pcm.subarray(cut)).words.filter((one) => one.ok);
        const after = ['alpha', 'bravo', 'charlie', 'delta'].filter(
          (_, i) =>
            cut <= estimatedDurationMs('alpha bravo charlie delta'.split(' ').slice(0, i).join(' ')) * 8,
        );
        expect(late.slice(-after.length || late.length).map((one) => one.text)).toEqual(after);
        const taken = decodeSpeech(join(pcm.subarray(0, cut), next)).words.filter((one) => one.ok);
        expect(taken.slice(-2).map((one) => `${one.sequence} ${one.text}`)).toEqual([
          '10 echo',
          '11 foxtrot',
        ]);
      }),
      { numRuns: 120 },
    );
  });

  it('shows 20 ms lost in the middle of a word as a word that is not ok, and goes on', () => {
    const pcm = encodeSpeech('hello wonderful world');
    const hole = (estimatedDurationMs('hello') + 300) * 8;
    const { words } = decodeSpeech(join(pcm.subarray(0, hole), pcm.subarray(hole + 160)));
    expect(words.map((one) => one.ok)).toEqual([true, false, true]);
    expect(words.at(-1)!.text).toBe('world');
  });

  it('never passes off a damaged word as whole: two of its tones exchanged', () => {
    const pcm = encodeSpeech('abc next');
    const tone = (symbol: number): Int16Array => pcm.slice(symbol * 200, (symbol + 1) * 200);
    // Symbols 0 and 1 are the preamble, 2 to 5 the header: 7 and 9 are the low nibbles of two letters.
    pcm.set(join(tone(9), tone(8), tone(7)), 7 * 200);
    expect(decodeSpeech(pcm).words.map((one) => [one.text, one.ok])).toEqual([
      ['bac', false],
      ['next', true],
    ]);
  });

  it('hears nothing in silence, noise, tones and a human-like hum', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 60, max: 3400 }), (start, hz) => {
        const random = generator(start);
        const noise = Int16Array.from({ length: 8000 }, () => Math.round((random() - 0.5) * 20_000));
        const hum = Int16Array.from({ length: 8000 }, (_, n) =>
          Math.round(4000 * Math.sin((n * hz) / 1273) + 4000 * Math.sin((n * hz * 2) / 1273)),
        );
        expect(decodeSpeech(join(noise, silence(500), hum)).words).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('says where each word lies, to a millisecond', () => {
    const { words } = decodeSpeech(join(silence(4321), encodeSpeech('first second')));
    const starts = [4321 / 8, 4321 / 8 + estimatedDurationMs('first') + 50];
    words.forEach((one, i) => expect(Math.abs(one.startMs - starts[i]!)).toBeLessThan(1));
    expect(Math.abs(words[0]!.endMs - starts[0]! - estimatedDurationMs('first'))).toBeLessThan(1);
  });

  it('lasts as long as estimated, 750 ms for ten letters, at -20 dBFS', () => {
    expect(estimatedDurationMs('abcdefghij')).toBe(750);
    expect(encodeSpeech(ENGLISH).length).toBe(estimatedDurationMs(ENGLISH) * 8);
    expect(encodeSpeech(ENGLISH, { sampleRate: 24_000 }).length).toBe(estimatedDurationMs(ENGLISH) * 24);
    expect(Math.abs(rmsDbfs(encodeSpeech('abcdefghij')) + 20)).toBeLessThan(0.6);
    expect(encodeSpeech(' \n ').length).toBe(0);
  });

  it('speaks a word longer than 63 bytes as several, cut between letters', () => {
    const { words } = decodeSpeech(encodeSpeech('ש'.repeat(70)));
    expect(words.map((one) => [...one.text].length)).toEqual([31, 31, 8]);
  });

  it('counts on from a given sequence number, modulo 64', () => {
    const { words } = decodeSpeech(encodeSpeech('a b c', { firstSequence: 62 }));
    expect(words.map((one) => one.sequence)).toEqual([62, 63, 0]);
  });

  it('knows while a word is being spoken', () => {
    const decoder = new SpeechDecoder();
    const pcm = encodeSpeech('word');
    decoder.push(pcm.subarray(0, 2000));
    expect(decoder.isReceiving).toBe(true);
    decoder.push(join(pcm.subarray(2000), silence(800)));
    expect(decoder.isReceiving).toBe(false);
  });
});
