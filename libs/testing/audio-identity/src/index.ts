export { encodeSpeech, estimatedDurationMs, type SpeechOptions } from './encode-speech';
export { decodeSpeech, SpeechDecoder, type Word } from './speech-decoder';
