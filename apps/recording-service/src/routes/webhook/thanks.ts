import { type SayPrompt } from '@frontdesk/telephony';

interface Thanks {
  language: string;
  /** Named where Twilio's default voices do not speak the language. */
  voice?: string;
  message: string;
  empty: string;
}

const hebrew: Thanks = {
  language: 'he-IL',
  voice: 'Google.he-IL-Wavenet-A',
  message: 'תודה, ההודעה נקלטה. להתראות.',
  empty: 'לא שמענו הודעה. להתראות.',
};

const english: Thanks = {
  language: 'en-US',
  message: 'Thank you, we have your message. Goodbye.',
  empty: 'We did not hear a message. Goodbye.',
};

/** What a caller hears after the fallback's message, in the business's language; English where we have no words of it. */
export const thanksFor = (locale: string, isEmpty: boolean): SayPrompt => {
  const { language, voice, message, empty } = /^(he|iw)\b/.test(locale) ? hebrew : english;
  return { say: isEmpty ? empty : message, language, ...(voice ? { voice } : {}) };
};
