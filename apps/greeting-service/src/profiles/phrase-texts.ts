import { type PhraseName } from '@frontdesk/contracts';
import { languageOf } from '@frontdesk/speech';

/** What the agent says besides talking: in the business's language where we have it, else in English (GR7). */
const texts = {
  en: {
    bridge: 'One moment, please.',
    'slow-tool': 'I am still checking, one moment.',
    'fallback-prompt':
      'We are sorry, we cannot take your call right now. Please leave a message, and we will call you back.',
    'still-there': 'Are you still there?',
    'max-length': 'I am sorry, this call has to end in a minute.',
    goodbye: 'Thank you for calling. Goodbye.',
  },
  he: {
    bridge: 'רגע אחד, בבקשה.',
    'slow-tool': 'אני עדיין בודקת, רק רגע.',
    'fallback-prompt': 'מצטערים, לא נוכל לענות לשיחה כרגע. אנא השאירו הודעה, ונחזור אליכם.',
    'still-there': 'האם אתם עדיין על הקו?',
    'max-length': 'סליחה, השיחה תצטרך להסתיים בעוד דקה.',
    goodbye: 'תודה שהתקשרתם. להתראות.',
  },
} as const satisfies Record<string, Record<PhraseName, string>>;

export interface PhraseTexts {
  /** Locale the texts are in: the asked one, or English. */
  readonly locale: string;
  readonly texts: Readonly<Record<PhraseName, string>>;
}

export const phraseTexts = (locale: string): PhraseTexts => {
  const language = languageOf(locale);
  return language === 'he' || language === 'en'
    ? { locale, texts: texts[language] }
    : { locale: 'en-US', texts: texts.en };
};
