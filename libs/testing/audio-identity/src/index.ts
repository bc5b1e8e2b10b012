export { DtmfDecoder } from './dtmf-decoder';
export { encodeSpeech, estimatedDurationMs, type SpeechOptions } from './encode-speech';
export { decodeSpeech, SpeechDecoder, type Word } from './speech-decoder';
