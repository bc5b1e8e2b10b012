import { createHash } from 'node:crypto';
import { phraseNames, type BusinessProfile, type PhraseName, type SpokenText } from '@frontdesk/contracts';
import { type FramesPool, type FramesRequest } from '../cache/frames';
import { framesKey, type SpeechRequest } from '../pipeline/frames-key';
import { spokenText } from '../pipeline/spoken-text';
import { phraseTexts } from './phrase-texts';

/** Everything that should exist as frames for a business. */
export interface SpeechPlan {
  readonly greeting: FramesRequest;
  readonly phrases: Readonly<Record<PhraseName, FramesRequest>>;
}

/** What of a profile decides how it sounds; `voice` is the provider's. */
export type SpokenProfile = Pick<
  BusinessProfile,
  'id' | 'locale' | 'voice' | 'greetingText' | 'fallbackPrompt'
>;

export const speechPlan = (profile: SpokenProfile): SpeechPlan => {
  const { id: businessId, voice } = profile;
  const { locale, texts } = phraseTexts(profile.locale);
  const phrase = (name: PhraseName): FramesRequest =>
    name === 'fallback-prompt' && profile.fallbackPrompt
      ? framesRequest('phrase', { businessId, voice, locale: profile.locale, text: profile.fallbackPrompt })
      : framesRequest('phrase', { businessId, voice, locale, text: texts[name] });
  return {
    greeting: framesRequest('greeting', {
      businessId,
      voice,
      locale: profile.locale,
      text: profile.greetingText,
    }),
    phrases: Object.fromEntries(phraseNames.map((name) => [name, phrase(name)])) as SpeechPlan['phrases'],
  };
};

export const framesRequest = (pool: FramesPool, request: SpeechRequest): FramesRequest => ({
  ...request,
  pool,
  key: framesKey(request),
});

/** The greeting first: it is what a caller waits for. */
export const requestsOf = ({ greeting, phrases }: SpeechPlan): readonly FramesRequest[] => [
  greeting,
  ...Object.values(phrases),
];

export const keysOf = (plan: SpeechPlan): string[] => requestsOf(plan).map(({ key }) => key);

/** What gateways get: the key, and the text as it is spoken. */
export const asSpokenText = ({ key, text }: FramesRequest): SpokenText => ({ key, text: spokenText(text) });

/** Changes whenever any key of the plan does, so that a new default or phrase text reaches gateways as a new revision. */
export const planFingerprint = (plan: SpeechPlan): string =>
  createHash('sha256').update(keysOf(plan).join()).digest('hex');
