import {
  createOpenAiRealtime,
  createOpenAiSynthesizer,
  createRealtimeSynthesizer,
  type SpeechSynthesizer,
} from '@frontdesk/speech';
import { type GreetingConfig } from '../config';
import { type ProviderName } from '../config/providers';
import { offlineVoices, openAiVoices, realtimeVoices, type VoiceCatalog } from '../voices/voices';
import { assertEspeakInstalled, createEspeakSynthesizer } from './espeak-synthesizer';

/** A way to speak, and the voices it has. Another provider is one more case below. */
export interface SpeechProvider {
  readonly synthesizer: SpeechSynthesizer;
  readonly voices: VoiceCatalog;
}

/** The providers of TTS_PROVIDER, in its order. Network providers that are down do not matter here: nothing is asked of them. */
export const createProviders = (config: GreetingConfig): Promise<SpeechProvider[]> =>
  Promise.all(config.ttsProviders.map((name) => createProvider(name, config)));

const createProvider = async (name: ProviderName, config: GreetingConfig): Promise<SpeechProvider> => {
  const { openAiApiKey: apiKey = '', openAiBaseUrl: baseUrl, ttsTimeoutMs: timeoutMs } = config;
  switch (name) {
    case 'openai':
      return {
        synthesizer: createOpenAiSynthesizer({ apiKey, baseUrl, model: config.openAiTtsModel, timeoutMs }),
        voices: openAiVoices,
      };
    case 'openai-realtime': {
      const model = createOpenAiRealtime({
        apiKey,
        baseUrl,
        model: config.openAiRealtimeModel,
        // Nothing is ever said to this session, but it is set up as any other.
        transcriptionModel: config.openAiSttModel,
      });
      return {
        synthesizer: createRealtimeSynthesizer({ model, timeoutMs: 2 * timeoutMs }),
        voices: realtimeVoices,
      };
    }
    case 'offline':
      await assertEspeakInstalled(config.espeakProgram);
      return { synthesizer: createEspeakSynthesizer(config.espeakProgram), voices: offlineVoices };
  }
};
