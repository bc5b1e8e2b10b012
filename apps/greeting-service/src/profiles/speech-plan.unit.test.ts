import { phraseNames } from '@frontdesk/contracts';
import { planFingerprint, requestsOf, speechPlan, type SpokenProfile } from './speech-plan';

const profile: SpokenProfile = {
  id: '018f0000-0000-7000-8000-000000000001',
  locale: 'he-IL',
  voice: 'alloy',
  greetingText: 'שלום, הגעתם לדנה',
  fallbackPrompt: null,
};

describe('what exists as frames for a business', () => {
  it('is its greeting first and every phrase, in its language', () => {
    const plan = speechPlan(profile);
    expect(requestsOf(plan)[0]).toMatchObject({ pool: 'greeting', text: profile.greetingText });
    expect(requestsOf(plan)).toHaveLength(1 + phraseNames.length);
    expect(plan.phrases['still-there'].text).toMatch(/[א-ת]/);
    expect(speechPlan({ ...profile, locale: 'en-GB' }).phrases.bridge).toMatchObject({
      locale: 'en-GB',
      text: 'One moment, please.',
    });
  });

  it('uses English phrases, as such, for a language without texts', () => {
    const { greeting, phrases } = speechPlan({ ...profile, locale: 'fr-FR' });
    expect(greeting.locale).toBe('fr-FR');
    expect(phrases.bridge).toMatchObject({ locale: 'en-US', text: 'One moment, please.' });
  });

  it('speaks the profile’s own fallback prompt', () => {
    const { phrases } = speechPlan({ ...profile, fallbackPrompt: 'השאירו הודעה' });
    expect(phrases['fallback-prompt']).toMatchObject({
      text: 'השאירו הודעה',
      locale: 'he-IL',
      pool: 'phrase',
    });
  });

  it('has another fingerprint as soon as one key differs', () => {
    const same = planFingerprint(speechPlan(profile));
    expect(planFingerprint(speechPlan({ ...profile }))).toBe(same);
    expect(planFingerprint(speechPlan({ ...profile, voice: 'nova' }))).not.toBe(same);
    expect(planFingerprint(speechPlan({ ...profile, fallbackPrompt: 'x' }))).not.toBe(same);
  });
});
