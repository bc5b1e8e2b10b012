import { loadConfig, portsFrom, realBackends } from './config';

it('uses the fixed ports, or all of them moved', () => {
  expect(portsFrom(3000)).toMatchObject({
    'media-gateway': 3001,
    'greeting-service': 3002,
    'recording-service': 3003,
    'outbound-dialer': 3004,
    'public-router': 3080,
    'twilio-simulator': 3101,
    'openai-simulator': 3102,
  });
  expect(portsFrom(4000)).toMatchObject({ 'media-gateway': 4001, 'public-router': 4080 });
});

it('takes real servers and accounts one by one, and simulates the rest', () => {
  expect(realBackends(loadConfig({ PORT: '1', HOST: 'x' }))).toEqual({
    publicUrl: 'https://frontdesk.example',
  });
  expect(realBackends(loadConfig({ OPENAI_API_KEY: 'sk-real', OPENAI_TTS_MODEL: 'tts-next' }))).toEqual({
    openAi: { apiKey: 'sk-real', models: { speech: 'tts-next' } },
    publicUrl: 'https://frontdesk.example',
  });
});

it('names in one line all that a live stack misses', () => {
  const named = { TWILIO_ACCOUNT_SID: 'AC1', OPENAI_API_KEY: 'sk-real' };
  expect(() => loadConfig(named, true)).toThrow(
    /^--live needs your own accounts: set TWILIO_AUTH_TOKEN, PUBLIC_URL in this shell$/,
  );
  expect(
    loadConfig({ ...named, TWILIO_AUTH_TOKEN: 'x', PUBLIC_URL: 'https://a.example' }, true),
  ).toMatchObject({ twilioAccountSid: 'AC1' });
});

it('names each missing variable of a real Twilio account', () => {
  expect(() => loadConfig({ TWILIO_ACCOUNT_SID: 'AC1' })).toThrow(
    /^TWILIO_AUTH_TOKEN is required .*\nPUBLIC_URL is required /,
  );
});
