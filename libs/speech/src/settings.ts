import { text, url } from '@frontdesk/runtime';

/** Settings of every service that asks OpenAI. */
export const openAiSettings = {
  openAiApiKey: text('OPENAI_API_KEY', 'OpenAI key', { secret: true }),
  openAiBaseUrl: url('OPENAI_BASE_URL', 'OpenAI API; Realtime sockets are derived from it', {
    default: 'https://api.openai.com/v1',
  }),
  openAiSttModel: text('OPENAI_STT_MODEL', 'Model that transcribes', { default: 'gpt-4o-mini-transcribe' }),
};
