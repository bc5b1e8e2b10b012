import { UnusableSpeechError } from './synthesis-error';

/** Nobody speaks a letter or digit in less: fast speech takes about 50 ms. */
const SHORTEST_MS_PER_CHARACTER = 12;

/**
 * Refuses what cannot be the spoken text: silence, or so short that the rest must be missing.
 * @param trimmed without the silence around it; empty when there was nothing else
 */
export const assertLooksSpoken = (trimmed: Int16Array, sampleRate: number, text: string): void => {
  if (trimmed.length === 0) throw new UnusableSpeechError('silence');
  const durationMs = (trimmed.length * 1000) / sampleRate;
  const characters = text.replace(/[^\p{L}\p{N}]/gu, '').length;
  if (durationMs < characters * SHORTEST_MS_PER_CHARACTER)
    throw new UnusableSpeechError(
      `${Math.round(durationMs)} ms of audio for ${characters} letters and digits: too short to be whole`,
    );
};
