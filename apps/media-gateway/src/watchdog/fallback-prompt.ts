import { type Prompt } from '@frontdesk/telephony';
import { type CallProfile } from '../profiles/default-profile';

/** Voices of Twilio's `<Say>` that read the language well (twilio 6.2.0, VoiceResponse.d.ts). */
const voices: Record<string, { language: string; voice?: string }> = {
  he: { language: 'he-IL', voice: 'Google.he-IL-Wavenet-A' },
  en: { language: 'en-US' },
};
const prompts: Record<string, string> = {
  he: 'מצטערים, איננו יכולים לענות כרגע. אנא השאירו הודעה ונחזור אליכם.',
  en: 'We are sorry, we cannot talk right now. Please leave a message and we will call you back.',
};

/**
 * What is said before the caller may leave a message, in the business's language: in its own voice where the frames are at
 * hand, else by Twilio.
 */
export const fallbackPrompt = (
  profile: CallProfile,
  frames: { get(key: string): Buffer | undefined },
  audioUrls: { of(key: string): string },
): Prompt => {
  const key = profile.phrases['fallback-prompt']?.key;
  if (key !== undefined && frames.get(key)) return { play: audioUrls.of(key) };
  const language = profile.locale.split('-')[0]!;
  const say = profile.fallbackPrompt ?? prompts[language] ?? prompts.en!;
  return { say, ...(voices[language] ?? { language: profile.locale }) };
};
