import { encodeMulaw, framesOf, normalizeLevel, resample, SAMPLE_RATE, trimSilence } from '@frontdesk/audio';
import { type SpeechSynthesizer } from '@frontdesk/speech';
import { collectSpeech } from './collect-speech';
import { LEVEL } from './level';
import { assertLooksSpoken } from './looks-spoken';
import { type SpeechListener } from './speech-listener';
import { hasWords, spokenText } from './spoken-text';
import { NothingToSpeakError } from './synthesis-error';

/** Grows with any change that makes other frames of the same text: frames of an older pipeline count as missing. */
export const PIPELINE_VERSION = 2;

/**
 * From a written text to what the phone gets: 8 kHz mu-law, a whole number of 160-byte frames (GR2). The level comes after
 * the resampling: what a telephone does not carry must not count, and a filter may lift a peak.
 * @param listener hears the speech while it is made
 */
export const synthesizeFrames = async (
  synthesizer: SpeechSynthesizer,
  request: { text: string; voice: string; locale: string; signal?: AbortSignal | undefined },
  listener?: SpeechListener,
): Promise<Buffer> => {
  const text = spokenText(request.text);
  if (!hasWords(text)) throw new NothingToSpeakError();
  const speech = await collectSpeech(synthesizer, { ...request, text }, listener);
  const trimmed = trimSilence(speech, synthesizer.sampleRate);
  assertLooksSpoken(trimmed, synthesizer.sampleRate, text);
  listener?.end();
  const narrow = resample(trimmed, synthesizer.sampleRate, SAMPLE_RATE);
  const even = normalizeLevel(narrow, SAMPLE_RATE, LEVEL);
  return framesOf(encodeMulaw(even));
};
