import { languageOf, realtimeVoice } from '@frontdesk/speech';

/** A family of voices, as a provider names them. */
export interface VoiceCatalog {
  readonly provider: string;
  has(voice: string): boolean;
  /** Used where neither the profile's voice nor GREETING_VOICE_DEFAULT is one of this provider's. */
  defaultVoice(locale: string): string;
}

/** Voices of `POST /v1/audio/speech`; the oldest models lack the last four. */
const OPENAI_VOICES = new Set(
  'alloy ash coral echo fable onyx nova sage shimmer ballad verse marin cedar'.split(' '),
);

export const openAiVoices: VoiceCatalog = {
  provider: 'openai',
  has: (voice) => OPENAI_VOICES.has(voice),
  defaultVoice: () => 'alloy',
};

/** Voices of the Realtime API. */
export const realtimeVoices: VoiceCatalog = {
  provider: 'openai-realtime',
  has: (voice) => realtimeVoice(voice) === voice,
  defaultVoice: () => realtimeVoice(''),
};

/** espeak-ng has one voice a language, named by its code; `en-us` and the like are its regional ones. */
export const offlineVoices: VoiceCatalog = {
  provider: 'offline',
  has: (voice) => /^[a-z]{2,3}(-[a-z]{2,3})?$/.test(voice),
  defaultVoice: (locale) => languageOf(locale) ?? 'en',
};

export interface ResolvedVoice {
  readonly voice: string;
  /** The name that this provider does not know, when one was asked for; worth a warning. */
  readonly unknown: string | null;
}

/**
 * The provider's voice for a profile. A name of another provider (`he-IL-Standard-D`) becomes the default voice rather
 * than an error: a business must be greeted whatever was once typed into its profile (GR1).
 */
export const resolveVoice = (
  catalog: VoiceCatalog,
  asked: { voice: string | null; defaultVoice: string; locale: string },
): ResolvedVoice => {
  const wanted = asked.voice ?? asked.defaultVoice;
  if (catalog.has(wanted)) return { voice: wanted, unknown: null };
  const fallback = catalog.has(asked.defaultVoice) ? asked.defaultVoice : catalog.defaultVoice(asked.locale);
  return { voice: fallback, unknown: wanted };
};
