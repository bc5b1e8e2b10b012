import { SpeechError } from '@frontdesk/speech';
import { isHopeless, NothingToSpeakError, UnusableSpeechError } from './synthesis-error';

describe('a synthesis', () => {
  it.each([
    ['a text without words', new NothingToSpeakError()],
    ['a request that the provider calls malformed', new SpeechError('rejected', 'no', { status: 400 })],
    ['a request that the provider cannot process', new SpeechError('rejected', 'no', { status: 422 })],
  ])('is given up for %s', (_what, error) => expect(isHopeless(error)).toBe(true));

  it.each([
    ['a wrong key', new SpeechError('rejected', 'no', { status: 401 })],
    ['a busy provider', new SpeechError('retryable', 'later', { status: 429 })],
    ['an account without credit', new SpeechError('quota', 'pay', { status: 429 })],
    ['noise in place of speech', new UnusableSpeechError('noise')],
    ['a lost connection', new Error('read ECONNRESET')],
  ])('is tried again for %s', (_what, error) => expect(isHopeless(error)).toBe(false));
});
