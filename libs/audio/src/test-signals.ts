/** Reference signals of the tests: made by formula, so that what a test measures is not our own output. */

export const tone = (
  amplitude: number,
  samples: number,
  { hz = 400, rate = 8000 }: { hz?: number; rate?: number } = {},
): Int16Array =>
  Int16Array.from({ length: samples }, (_, n) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hz * n) / rate)),
  );

export const silence = (samples: number): Int16Array => new Int16Array(samples);

/**
 * A peaky voice: a pulse train of 90 Hz, each ninth pulse stronger, through two resonances, in syllables of 200 ms. Its
 * peaks lie some 20 dB over its root mean square, as those of a creaky human voice do.
 */
export const peakyVoice = (seconds: number, rate: number, amplitude = 12_000): Int16Array => {
  const period = Math.round(rate / 90);
  const pulses = Float64Array.from({ length: Math.round(seconds * rate) }, (_, n) => {
    if (n % period !== 0 || (n / rate) % 0.25 >= 0.2) return 0;
    return (n / period) % 9 === 4 ? 1.6 : 1;
  });
  const voiced = resonate(resonate(pulses, 700, 300, rate), 1800, 500, rate);
  const peak = voiced.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return Int16Array.from(voiced, (value) => Math.round((value / peak) * amplitude));
};

/** A two-pole resonance. */
const resonate = (input: Float64Array, hz: number, width: number, rate: number): Float64Array => {
  const radius = Math.exp((-Math.PI * width) / rate);
  const output = new Float64Array(input.length);
  for (let n = 0; n < input.length; n++)
    output[n] =
      input[n]! +
      2 * radius * Math.cos((2 * Math.PI * hz) / rate) * (output[n - 1] ?? 0) -
      radius * radius * (output[n - 2] ?? 0);
  return output;
};

export const peakOf = (pcm: Int16Array): number =>
  pcm.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);

/** Level of one frequency in 8 kHz sound, in dBFS; a full-scale sine has -3. */
export const levelAt = (pcm: Int16Array, hz: number): number => {
  let [cos, sin] = [0, 0];
  pcm.forEach((sample, i) => {
    cos += sample * Math.cos((2 * Math.PI * hz * i) / 8000);
    sin += sample * Math.sin((2 * Math.PI * hz * i) / 8000);
  });
  return 20 * Math.log10((2 * Math.hypot(cos, sin)) / pcm.length / 32_768 / Math.SQRT2);
};

/** Runs a signal through a stream in pieces of these sizes, again and again. */
export const inPieces = (
  pcm: Int16Array,
  sizes: readonly number[],
  process: (piece: Int16Array) => Int16Array,
  flush: () => Int16Array,
): Int16Array => {
  const out: number[] = [];
  for (let at = 0, turn = 0; at < pcm.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    out.push(...process(pcm.subarray(at, at + size)));
    at += size;
  }
  out.push(...flush());
  return Int16Array.from(out);
};
