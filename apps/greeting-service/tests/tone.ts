import { tone as sine } from '@frontdesk/audio/test-signals';

/** A tone as a provider would deliver it. */
export const tone = (ms: number, { hz = 700, amplitude = 3000, rate = 24_000 } = {}): Int16Array =>
  sine(amplitude, (ms * rate) / 1000, { hz, rate });
