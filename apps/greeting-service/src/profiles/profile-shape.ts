import { type BusinessProfile, type BusinessProfileInput, type ProfileSnapshot } from '@frontdesk/contracts';
import { type ProfileEntity } from '../store/entities/profile';
import { resolveVoice, type ResolvedVoice, type VoiceCatalog } from '../voices/voices';
import {
  asSpokenText,
  fromStoredPlan,
  speechPlan,
  storedFingerprint,
  type SpeechPlan,
  type SpokenProfile,
} from './speech-plan';

/** What a profile that leaves something open means in this deployment. */
export interface ProfileDefaults {
  readonly locale: string;
  readonly voice: string;
  readonly voices: VoiceCatalog;
}

type Spoken = Pick<ProfileEntity, 'id' | 'locale' | 'voice' | 'greetingText' | 'fallbackPrompt'>;

/** A stored profile as the API answers it: what it left open filled in, its voice as it was typed. */
export const toProfile = (row: ProfileEntity, defaults: ProfileDefaults): BusinessProfile => ({
  id: row.id,
  revision: row.revision,
  name: row.name,
  phoneNumbers: row.phoneNumbers.sort((a, b) => a.position - b.position).map(({ number }) => number),
  locale: row.locale ?? defaults.locale,
  voice: row.voice ?? defaults.voice,
  greetingText: row.greetingText,
  instructions: row.instructions,
  tools: row.tools,
  transferNumber: row.transferNumber,
  fallbackPrompt: row.fallbackPrompt,
  greetingProtectMs: row.greetingProtectMs,
  retentionDays: row.retentionDays,
  silentCaller: row.silentCaller,
  optOutKey: row.optOutKey,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

/** What gateways keep: the profile, and the key and text of each thing that exists, or soon will, as frames. */
export const toSnapshot = (row: ProfileEntity, defaults: ProfileDefaults): ProfileSnapshot => {
  const plan = planOf(row, defaults);
  return {
    ...toProfile(row, defaults),
    greeting: asSpokenText(plan.greeting),
    phrases: Object.fromEntries(
      Object.entries(plan.phrases).map(([name, request]) => [name, asSpokenText(request)]),
    ) as ProfileSnapshot['phrases'],
  };
};

/**
 * What gateways were told with the row's revision. During a rollout another release may have planned it, with other
 * phrases: then its plan holds, until the profile has a new revision.
 */
export const planOf = (
  row: Spoken & Pick<ProfileEntity, 'speechPlan' | 'spokenFingerprint'>,
  defaults: ProfileDefaults,
): SpeechPlan => {
  const own = newPlanOf(row, defaults);
  const { speechPlan: stored } = row;
  // A release that does not know the column leaves it as it was: only the fingerprint says whose plan holds.
  if (!stored || storedFingerprint(stored) !== row.spokenFingerprint) return own;
  return fromStoredPlan(stored, own, row.id);
};

/** What this release says for a profile: the plan of its next revision. */
export const newPlanOf = (row: Spoken, defaults: ProfileDefaults): SpeechPlan => {
  const locale = row.locale ?? defaults.locale;
  const profile: SpokenProfile = {
    id: row.id,
    locale,
    voice: providerVoice(row.voice, locale, defaults).voice,
    greetingText: row.greetingText,
    fallbackPrompt: row.fallbackPrompt,
  };
  return speechPlan(profile);
};

export const providerVoice = (
  voice: string | null,
  locale: string,
  defaults: ProfileDefaults,
): ResolvedVoice => resolveVoice(defaults.voices, { voice, defaultVoice: defaults.voice, locale });

/** The columns that an operator's input sets. */
export const toColumns = (input: BusinessProfileInput) => ({
  name: input.name,
  locale: input.locale ?? null,
  voice: input.voice ?? null,
  greetingText: input.greetingText,
  instructions: input.instructions,
  tools: input.tools,
  transferNumber: input.transferNumber,
  fallbackPrompt: input.fallbackPrompt,
  greetingProtectMs: input.greetingProtectMs,
  retentionDays: input.retentionDays,
  silentCaller: input.silentCaller,
  optOutKey: input.optOutKey,
});

/** The input that would make this row again: what it leaves open stays open. */
export const toInput = (row: ProfileEntity): BusinessProfileInput => ({
  name: row.name,
  phoneNumbers: row.phoneNumbers.sort((a, b) => a.position - b.position).map(({ number }) => number),
  ...(row.locale === null ? {} : { locale: row.locale }),
  ...(row.voice === null ? {} : { voice: row.voice }),
  greetingText: row.greetingText,
  instructions: row.instructions,
  tools: row.tools,
  transferNumber: row.transferNumber,
  fallbackPrompt: row.fallbackPrompt,
  greetingProtectMs: row.greetingProtectMs,
  retentionDays: row.retentionDays,
  silentCaller: row.silentCaller,
  optOutKey: row.optOutKey,
});
