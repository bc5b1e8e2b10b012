import { type SessionUpdateEvent } from 'openai/resources/realtime/realtime';
import { type RealtimeSettings } from '../realtime-model';
import { languageOf } from '../../language';
import { realtimeVoice } from './realtime-voice';

/**
 * Silence that ends a caller's turn, and audio kept from before the speech was noticed; the API's own defaults, stated.
 */
const SILENCE_DURATION_MS = 500;
const PREFIX_PADDING_MS = 300;

/**
 * The whole session in GA form: mu-law both ways, so nothing is transcoded; the server's VAD only reports, the gateway's
 * response sequencer alone creates and cancels (RT5).
 */
export const sessionUpdate = (settings: RealtimeSettings, transcriptionModel: string): SessionUpdateEvent => {
  const language = languageOf(settings.locale);
  return {
    type: 'session.update',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      instructions: settings.instructions,
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          transcription: { model: transcriptionModel, ...(language && { language }) },
          turn_detection: {
            type: 'server_vad',
            threshold: 0.5,
            prefix_padding_ms: PREFIX_PADDING_MS,
            silence_duration_ms: SILENCE_DURATION_MS,
            create_response: false,
            interrupt_response: false,
          },
        },
        output: { format: { type: 'audio/pcmu' }, voice: realtimeVoice(settings.voice) },
      },
      tools: settings.tools.map((tool) => ({ type: 'function', ...tool })),
      tool_choice: 'auto',
    },
  };
};
