export type * from './realtime-model';
export { createOpenAiRealtime, type OpenAiRealtimeOptions } from './openai/openai-realtime';
export { realtimeVoice } from './openai/realtime-voice';
