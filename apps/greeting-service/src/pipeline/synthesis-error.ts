import { SpeechError } from '@frontdesk/speech';

/** What a provider delivered is not speech that could be played. Nothing of it is cached. */
export class UnusableSpeechError extends Error {
  constructor(reason: string) {
    super(`the speech provider delivered ${reason}`);
    this.name = 'UnusableSpeechError';
  }
}

/** The text holds no words, so no provider could ever speak it. */
export class NothingToSpeakError extends Error {
  constructor() {
    super('the text holds nothing that can be spoken');
    this.name = 'NothingToSpeakError';
  }
}

/** Statuses by which a provider says that this request is wrong: not the key, not the moment. */
const WRONG_REQUEST = [400, 422];

/** Whether the same text can never be spoken, however often it is asked for. */
export const isHopeless = (error: unknown): boolean =>
  error instanceof NothingToSpeakError ||
  (error instanceof SpeechError &&
    error.failure === 'rejected' &&
    WRONG_REQUEST.includes(error.details.status ?? 0));
