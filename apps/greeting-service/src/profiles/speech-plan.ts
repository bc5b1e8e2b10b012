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
  key: framesKey(request, pool),
});

/** The greeting first: it is what a caller waits for. */
export const requestsOf = ({ greeting, phrases }: SpeechPlan): readonly FramesRequest[] => [
  greeting,
  ...Object.values(phrases),
];

export const keysOf = (plan: SpeechPlan): string[] => requestsOf(plan).map(({ key }) => key);

/** What gateways get: the key, and the text as it is spoken. */
export const asSpokenText = ({ key, text }: FramesRequest): SpokenText => ({ key, text: spokenText(text) });

/** A plan as it is kept with the profile's revision: what gateways were told, whatever release answers them. */
export interface StoredPlan {
  readonly greeting: StoredRequest;
  readonly phrases: Readonly<Record<string, StoredRequest>>;
}
type StoredRequest = Pick<FramesRequest, 'key' | 'locale' | 'voice' | 'text'>;

export const toStoredPlan = ({ greeting, phrases }: SpeechPlan): StoredPlan => ({
  greeting: toStored(greeting),
  phrases: Object.fromEntries(Object.entries(phrases).map(([name, request]) => [name, toStored(request)])),
});

const toStored = ({ key, locale, voice, text }: FramesRequest): StoredRequest => ({
  key,
  locale,
  voice,
  text,
});

/** @param own what this release would plan: it stands in for phrases that the other one did not know */
export const fromStoredPlan = (stored: StoredPlan, own: SpeechPlan, businessId: string): SpeechPlan => ({
  greeting: { ...stored.greeting, pool: 'greeting', businessId },
  phrases: Object.fromEntries(
    phraseNames.map((name) => {
      const request = stored.phrases[name];
      return [name, request ? { ...request, pool: 'phrase', businessId } : own.phrases[name]];
    }),
  ) as SpeechPlan['phrases'],
});

/** Of the stored keys, as {@link planFingerprint} is of a plan's. */
export const storedFingerprint = ({ greeting, phrases }: StoredPlan): string =>
  fingerprintOf([greeting, ...Object.values(phrases)].map(({ key }) => key));

/** Changes whenever any key of the plan does, so that a new default or phrase text reaches gateways as a new revision. */
export const planFingerprint = (plan: SpeechPlan): string => fingerprintOf(keysOf(plan));

const fingerprintOf = (keys: readonly string[]): string =>
  createHash('sha256')
    .update([...keys].sort().join())
    .digest('hex');
