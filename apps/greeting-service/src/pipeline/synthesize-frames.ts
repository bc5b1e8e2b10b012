import { encodeMulaw, framesOf, normalizeLevel, resample, SAMPLE_RATE, trimSilence } from '@frontdesk/audio';
import { type SpeechSynthesizer } from '@frontdesk/speech';
import { collectSpeech } from './collect-speech';
import { assertLooksSpoken } from './looks-spoken';
import { hasWords, spokenText } from './spoken-text';
import { NothingToSpeakError } from './synthesis-error';

/** Grows with any change that makes other frames of the same text: frames of an older pipeline count as missing. */
export const PIPELINE_VERSION = 1;

/** Even over providers, and so quiet that mu-law never clips (GR2). */
const LEVEL = { targetDbfs: -20, peakDbfs: -3 };

/** From a written text to what the phone gets: 8 kHz mu-law, a whole number of 160-byte frames (GR2). */
export const synthesizeFrames = async (
  synthesizer: SpeechSynthesizer,
  request: { text: string; voice: string; locale: string; signal?: AbortSignal | undefined },
): Promise<Buffer> => {
  const text = spokenText(request.text);
  if (!hasWords(text)) throw new NothingToSpeakError();
  const speech = await collectSpeech(synthesizer, { ...request, text });
  const trimmed = trimSilence(speech, synthesizer.sampleRate);
  assertLooksSpoken(trimmed, synthesizer.sampleRate, text);
  const even = normalizeLevel(trimmed, synthesizer.sampleRate, LEVEL);
  const narrow = resample(even, synthesizer.sampleRate, SAMPLE_RATE);
  return framesOf(encodeMulaw(narrow));
};
