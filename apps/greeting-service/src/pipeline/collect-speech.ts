import { type SpeechSynthesizer, type SynthesisRequest } from '@frontdesk/speech';
import { type SpeechListener } from './speech-listener';
import { UnusableSpeechError } from './synthesis-error';

/** Far beyond the longest text a profile may hold; a provider that never ends must not fill the memory. */
const MAX_SPEECH_MS = 10 * 60 * 1000;

/** All of the speech. A provider that breaks off throws: half a text is never returned. */
export const collectSpeech = async (
  synthesizer: SpeechSynthesizer,
  request: SynthesisRequest,
  listener?: SpeechListener,
): Promise<Int16Array> => {
  const maxSamples = (MAX_SPEECH_MS / 1000) * synthesizer.sampleRate;
  listener?.begin(synthesizer.sampleRate);
  const pieces: Int16Array[] = [];
  let length = 0;
  for await (const piece of synthesizer.synthesize(request)) {
    pieces.push(piece);
    listener?.piece(piece);
    length += piece.length;
    if (length > maxSamples)
      throw new UnusableSpeechError(`more than ${MAX_SPEECH_MS / 60_000} minutes of audio`);
  }
  if (length === 0) throw new UnusableSpeechError('no audio at all');
  const speech = new Int16Array(length);
  let at = 0;
  for (const piece of pieces) {
    speech.set(piece, at);
    at += piece.length;
  }
  return speech;
};
