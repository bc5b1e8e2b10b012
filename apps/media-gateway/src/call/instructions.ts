import { type CallProfile } from '../profiles/default-profile';

/** What every agent is told, before what its business says. */
const frame = (profile: CallProfile): string =>
  [
    `You are the voice agent of ${profile.name} on the telephone.`,
    `Speak the language of locale ${profile.locale} unless the caller speaks another.`,
    'Keep answers short; one or two sentences. The caller has already been greeted: do not greet again.',
  ].join(' ');

/** The instructions of a call: the business's own, and a campaign's in an outbound one. */
export const instructionsFor = (profile: CallProfile, campaign = ''): string =>
  [frame(profile), profile.instructions, campaign].filter((part) => part.trim() !== '').join('\n\n');
