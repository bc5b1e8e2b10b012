export * from './language';
export * from './speech-error';
export * from './synthesis/openai-synthesizer';
export * from './synthesis/realtime-synthesizer';
export * from './synthesis/speech-synthesizer';
export * from './transcription/openai-transcriber';
export * from './transcription/transcriber';
export * from './realtime';
