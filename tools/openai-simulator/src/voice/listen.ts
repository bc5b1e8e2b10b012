import { rmsDbfs, SAMPLE_RATE } from '@frontdesk/audio';
import { decodeSpeech } from '@frontdesk/audio-identity';

/** What is written down for speech that carries no words of ours, such as a person's. */
export const UNKNOWN_SPEECH = '(speech)';
/** Under this level there is nothing to write down. */
const AUDIBLE_DBFS = -50;

/** The words in 8 kHz audio; {@link UNKNOWN_SPEECH} when there is sound but no word, empty when it is silent. */
export const transcriptOf = (pcm8k: Int16Array): string => {
  const { text } = decodeSpeech(pcm8k);
  return text !== '' || isSilent(pcm8k) ? text : UNKNOWN_SPEECH;
};

/** By seconds: a short utterance in a long recording is speech all the same. */
const isSilent = (pcm8k: Int16Array): boolean => {
  for (let from = 0; from < pcm8k.length; from += SAMPLE_RATE)
    if (rmsDbfs(pcm8k.subarray(from, from + SAMPLE_RATE)) > AUDIBLE_DBFS) return false;
  return true;
};

/** The words of several channels in the order in which they were begun, as one mixed-down listener writes them. */
export const transcriptOfChannels = (channels: readonly Int16Array[]): string => {
  const words = channels.flatMap((pcm) => decodeSpeech(pcm).words.filter(({ ok }) => ok));
  if (words.length === 0) return channels.some((pcm) => !isSilent(pcm)) ? UNKNOWN_SPEECH : '';
  return words
    .sort((one, other) => one.startMs - other.startMs)
    .map(({ text }) => text)
    .join(' ');
};

/** The words that can be made out when a listener hears just the first `endMs` of this audio. */
export const wordsHeard = (pcm: Int16Array, sampleRate: number, endMs: number): string =>
  decodeSpeech(toTelephoneRate(pcm.subarray(0, Math.round((endMs * sampleRate) / 1000)), sampleRate)).text;

/** By leaving samples out: the voice has nothing above 4 kHz, so no filter is needed. */
const toTelephoneRate = (pcm: Int16Array, sampleRate: number): Int16Array => {
  const step = sampleRate / SAMPLE_RATE;
  if (step === 1) return pcm;
  return Int16Array.from({ length: Math.floor(pcm.length / step) }, (_, index) => pcm[index * step] ?? 0);
};
