import { createOpenAiSynthesizer, type SpeechSynthesizer } from '@frontdesk/speech';
import { type GreetingConfig } from '../config';
import { offlineVoices, openAiVoices, type VoiceCatalog } from '../voices/voices';
import { assertEspeakInstalled, createEspeakSynthesizer } from './espeak-synthesizer';

/** A way to speak, and the voices it has. Another provider is one more case below. */
export interface SpeechProvider {
  readonly synthesizer: SpeechSynthesizer;
  readonly voices: VoiceCatalog;
}

/** The provider that TTS_PROVIDER names. A network provider that is down does not matter here: nothing is asked of it. */
export const createProvider = async (config: GreetingConfig): Promise<SpeechProvider> => {
  switch (config.ttsProvider) {
    case 'openai':
      return {
        synthesizer: createOpenAiSynthesizer({
          apiKey: config.openAiApiKey ?? '',
          baseUrl: config.openAiBaseUrl,
          model: config.openAiTtsModel,
          timeoutMs: config.ttsTimeoutMs,
        }),
        voices: openAiVoices,
      };
    case 'offline':
      await assertEspeakInstalled(config.espeakProgram);
      return { synthesizer: createEspeakSynthesizer(config.espeakProgram), voices: offlineVoices };
  }
};
