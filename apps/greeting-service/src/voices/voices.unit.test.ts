import { offlineVoices, openAiVoices, resolveVoice } from './voices';

const asked = { voice: null, defaultVoice: 'alloy', locale: 'he-IL' };

describe('the voice of a profile', () => {
  it('is the one it names when the provider has it', () => {
    expect(resolveVoice(openAiVoices, { ...asked, voice: 'marin' })).toEqual({
      voice: 'marin',
      unknown: null,
    });
  });

  it('is the configured default when it names none', () => {
    expect(resolveVoice(openAiVoices, { ...asked, defaultVoice: 'nova' })).toEqual({
      voice: 'nova',
      unknown: null,
    });
  });

  it('is the default, worth a warning, when the name is another provider’s', () => {
    expect(resolveVoice(openAiVoices, { ...asked, voice: 'he-IL-Standard-D', defaultVoice: 'nova' })).toEqual(
      {
        voice: 'nova',
        unknown: 'he-IL-Standard-D',
      },
    );
  });

  it('is the provider’s own when the configured default is unknown too', () => {
    expect(resolveVoice(openAiVoices, { ...asked, defaultVoice: 'he-IL-Standard-D' })).toEqual({
      voice: 'alloy',
      unknown: 'he-IL-Standard-D',
    });
  });

  it('follows the language with the offline provider', () => {
    expect(resolveVoice(offlineVoices, { ...asked, voice: 'alloy', defaultVoice: 'alloy' }).voice).toBe('he');
    expect(resolveVoice(offlineVoices, { ...asked, voice: 'en-us' })).toEqual({
      voice: 'en-us',
      unknown: null,
    });
  });
});
