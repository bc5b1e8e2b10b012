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
