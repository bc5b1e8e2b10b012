import { parseWav } from '@frontdesk/audio';
import { decodeSpeech } from '@frontdesk/audio-identity';

export const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** One word that a recording holds. */
export interface RecordedWord {
  readonly speaker: 'caller' | 'agent';
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** The whole words that a WAV file holds, by speaker: Twilio's dual recordings have the caller first, then the agent. */
export const wordsOfRecording = (wav: Buffer): RecordedWord[] => {
  const { samples } = parseWav(wav);
  const speakers = ['caller', 'agent'] as const;
  return samples.flatMap((pcm, channel) =>
    decodeSpeech(pcm)
      .words.filter(({ ok }) => ok)
      .map(({ text, startMs, endMs }) => ({ speaker: speakers[channel] ?? 'caller', text, startMs, endMs })),
  );
};

export const wordsOf = (recorded: readonly RecordedWord[], speaker: RecordedWord['speaker']): string[] =>
  recorded.filter((word) => word.speaker === speaker).map(({ text }) => text);

/** One word as a listener decoded it; of a word that was cut, the letters before the cut and `ok` false. */
interface Heard {
  readonly text: string;
  readonly ok: boolean;
}

/**
 * What a listener heard, in the words of the log that it is compared with: whole words as heard; a word that was cut off
 * counts as the log has it, whole or not at all, since both are true.
 */
export const heardAsLogged = (heard: readonly Heard[], logged: readonly string[]): string[] => {
  const result: string[] = [];
  for (const { text, ok } of heard) {
    const next = logged[result.length];
    if (ok) result.push(text);
    else if (next?.startsWith(text.replace(/~$/, ''))) result.push(next);
  }
  return result;
};
