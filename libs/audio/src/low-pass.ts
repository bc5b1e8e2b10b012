/** Kaiser window for about 80 dB of stop-band attenuation (Kaiser's formula: beta = 0.1102 (A - 8.7)). */
const ATTENUATION_DB = 80;
const BETA = 0.1102 * (ATTENUATION_DB - 8.7);

/** Modified Bessel function of the first kind, order 0, by its series. */
const besselI0 = (x: number): number => {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

/**
 * A windowed-sinc low-pass of odd length.
 * @param cutoff middle of the transition band, in cycles a sample
 * @param transition width of the transition band, in cycles a sample
 */
export const designLowPass = (cutoff: number, transition: number): Float64Array => {
  const half = Math.ceil((ATTENUATION_DB - 8) / (2.285 * 2 * Math.PI * transition) / 2);
  const scale = besselI0(BETA);
  return Float64Array.from({ length: 2 * half + 1 }, (_, index) => {
    const n = index - half;
    const sinc = n === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * n) / (Math.PI * n);
    return (sinc * besselI0(BETA * Math.sqrt(Math.max(0, 1 - (n / half) ** 2)))) / scale;
  });
};
