import { encodeMulaw, parseWav, resample, SAMPLE_RATE, WavError } from '@frontdesk/audio';
import { NEXT, numberOf, resolveUrl, type Verb, type VerbContext } from '../outcome';
import { playMulaw } from './say';

const MAX_ROUNDS = 1_000;
const DIGIT_MS = 250;

/** `<Play>`: fetches its URL without the call's parameters and plays it; or sends digits. */
export const play: Verb = async (context) => {
  const { call, element, signal } = context;
  const digits = element.attributes['digits'];
  if (digits) {
    call.book.note('digits-sent', { digits });
    await playMulaw(call, Buffer.alloc(digits.length * DIGIT_MS * 8, 0xff), signal);
    return NEXT;
  }
  const mulaw = await fetchAudio(context);
  const loop = numberOf(element, 'loop', 1);
  if (mulaw) await playMulaw(call, mulaw, signal, loop === 0 ? MAX_ROUNDS : loop);
  return NEXT;
};

/** The audio as mu-law; undefined, with a warning in the book, when it cannot be had or played. */
const fetchAudio = async (context: VerbContext): Promise<Buffer | undefined> => {
  const { world, call, element, signal } = context;
  const result = await world.webhooks.send({
    kind: 'play',
    url: resolveUrl(context, element.text),
    method: 'GET',
    params: {},
    callSid: call.sid,
    to: call.to,
    book: call.book,
    expects: 'audio',
    signal,
  });
  if (signal.aborted) return undefined;
  if (!result.ok) {
    call.book.warn(result.failure.code, 'Play: audio could not be fetched', result.failure.message);
    return undefined;
  }
  if (/^audio\/(basic|ulaw|x-mulaw|mulaw)$/.test(result.contentType)) return result.body;
  if (!/^audio\/(x-|vnd\.)?wave?$/.test(result.contentType)) {
    call.book.warn(12300, `Play: content type "${result.contentType}" cannot be played here`);
    return undefined;
  }
  try {
    const wav = parseWav(result.body);
    return encodeMulaw(resample(wav.samples[0] ?? new Int16Array(), wav.sampleRate, SAMPLE_RATE));
  } catch (error) {
    if (!(error instanceof WavError)) throw error;
    call.book.warn(12300, `Play: ${error.message}`);
    return undefined;
  }
};
