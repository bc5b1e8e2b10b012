import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse';

/** What Twilio itself speaks to the caller: a text in one of its voices, or an audio file of ours. */
export type Prompt = SayPrompt | { readonly play: string };

export interface SayPrompt {
  readonly say: string;
  /** A language Twilio's voices know, such as `he-IL`. */
  readonly language?: string;
  /** Such as `Google.he-IL-Wavenet-A`; Twilio's default of the language when left out. */
  readonly voice?: string;
}

/** Adds the verb for a prompt. */
export const speak = (response: VoiceResponse, prompt: Prompt): void => {
  if ('play' in prompt) {
    response.play(prompt.play);
    return;
  }
  // The SDK types languages and voices as closed unions; the value comes from a business profile.
  const { language, voice } = prompt as { language?: 'en-US'; voice?: 'alice' };
  response.say({ ...(language && { language }), ...(voice && { voice }) }, prompt.say);
};
