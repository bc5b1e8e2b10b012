/** Voices of the Realtime API (openai 6.49, `RealtimeAudioConfigOutput.voice`). */
const voices = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'];

export const DEFAULT_REALTIME_VOICE = 'marin';

/** The voice itself when Realtime has it, else the default: profiles may name a voice of another provider (GR1). */
export const realtimeVoice = (voice: string): string =>
  voices.includes(voice.toLowerCase()) ? voice.toLowerCase() : DEFAULT_REALTIME_VOICE;
