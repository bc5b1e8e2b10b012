import { writeWav } from '@frontdesk/audio';
import { type Transcript } from '@frontdesk/contracts';
import { type Transcriber, type TranscriptionRequest } from '@frontdesk/speech';
import { type RecordingFile } from '../files/recording-files';
import { type RecordingKind, type TranscriptionAnswer } from '../store/entities';
import { Loudness } from './loudness';
import { Mp3File } from './mp3-file';
import { type SpokenTurn, turnsOfSpeech } from './turns-of-speech';
import { WavFile } from './wav-file';

export type Segment = Transcript['segments'][number];

export interface TranscribedFile {
  text: string;
  language: string | null;
  segments: Segment[];
}

/** Remembers, across crashes, what was asked and answered, so that nothing is paid for twice. */
export interface AnswerBook {
  get(key: string): TranscriptionAnswer | undefined;
  /** Asks, with the books kept before and after; `seconds` is what the provider bills. */
  ask(
    key: string,
    seconds: number,
    request: () => Promise<TranscriptionAnswer>,
  ): Promise<TranscriptionAnswer>;
}

export interface TranscribeOptions {
  transcriber: Transcriber;
  /** What the provider sees of the recording: its files are named so. */
  name: string;
  locale: string;
  book: AnswerBook;
  signal: AbortSignal;
}

/** Requests of one recording under way at once. */
const AT_ONCE = 3;
/** The fastest speakers need about 25 letters a second. More was not said: it was made up for a noise. */
const MOST_LETTERS_A_SECOND = 40;
const LETTERS_ALLOWED = 20;

/**
 * Transcribes a recording turn by turn: the sides apart, in the order of time, each turn one request. An MP3, whose sides
 * and silences only a decoder could tell, is asked for as it is, ten minutes a request.
 */
export const transcribeFile = async (
  file: Pick<RecordingFile, 'path' | 'format'>,
  kind: RecordingKind,
  options: TranscribeOptions,
): Promise<TranscribedFile> => {
  if (file.format === 'mp3') return transcribeMp3(file.path, kind, options);
  await using wav = await WavFile.open(file.path);
  const turns = turnsOfSpeech(await loudnessOf(wav));
  const answers = await inTurn(turns, (turn) => askForTurn(options, wav, turn));
  return merged(turns, answers, wav.layout.channels, kind);
};

const transcribeMp3 = async (
  path: string,
  kind: RecordingKind,
  options: TranscribeOptions,
): Promise<TranscribedFile> => {
  await using mp3 = await Mp3File.open(path);
  const answers = await inTurn(mp3.parts, (part) => {
    // What is one request has been under this key in every release: an answer paid for is found again.
    const key = mp3.parts.length === 1 ? 'whole' : `whole.${Math.round(part.startMs)}`;
    const seconds = (part.endMs - part.startMs) / 1000;
    return askFor(options, key, `${options.name}-${key}.mp3`, seconds, () => mp3.read(part));
  });
  const turns = mp3.parts.map(({ startMs, endMs }) => ({
    channel: 0,
    startMs: Math.round(startMs),
    endMs: Math.round(endMs),
    soundMs: endMs - startMs,
  }));
  return merged(turns, answers, 1, kind);
};

/** What was said, in the order of time. */
const merged = (
  turns: readonly SpokenTurn[],
  answers: readonly TranscriptionAnswer[],
  channels: number,
  kind: RecordingKind,
): TranscribedFile => {
  const spoken = turns.flatMap((turn, index) => {
    const answer = answers[index]!;
    return isPlausible(answer.text, turn) ? [{ turn, answer }] : [];
  });
  return {
    text: spoken.map(({ answer }) => answer.text).join('\n'),
    language: spoken.find(({ answer }) => answer.language !== null)?.answer.language ?? null,
    segments: spoken.flatMap(({ turn, answer }) => segmentOf(turn, answer, channels, kind)),
  };
};

const loudnessOf = async (wav: WavFile): Promise<Loudness[]> => {
  const { channels, sampleRate } = wav.layout;
  const loudness = Array.from({ length: channels }, () => new Loudness(sampleRate));
  for await (const block of wav.blocks())
    block.forEach((samples, channel) => loudness[channel]!.push(samples));
  for (const channel of loudness) channel.end();
  return loudness;
};

const askForTurn = (
  options: TranscribeOptions,
  wav: WavFile,
  { channel, startMs, endMs }: SpokenTurn,
): Promise<TranscriptionAnswer> => {
  const { sampleRate } = wav.layout;
  const sample = (ms: number): number => Math.min(wav.length, Math.round((ms * sampleRate) / 1000));
  const key = `${channel}.${startMs}`;
  return askFor(options, key, `${options.name}-${key}.wav`, (endMs - startMs) / 1000, async () =>
    writeWav([await wav.readChannel(channel, sample(startMs), sample(endMs))], sampleRate),
  );
};

const askFor = async (
  { book, transcriber, locale, signal }: TranscribeOptions,
  key: string,
  fileName: string,
  seconds: number,
  read: () => Promise<TranscriptionRequest['audio']>,
): Promise<TranscriptionAnswer> => {
  const known = book.get(key);
  if (known) return known;
  const audio = await read();
  return book.ask(key, seconds, () => transcriber.transcribe({ audio, fileName, language: locale, signal }));
};

/** A few at a time; after a failure no further one is begun, and those under way are waited for: they are paid. */
const inTurn = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  let failure: { error: unknown } | undefined;
  const runner = async (): Promise<void> => {
    while (next < items.length && !failure) {
      const index = next++;
      try {
        results[index] = await work(items[index]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, runner));
  if (failure) throw failure.error;
  return results;
};

const isPlausible = (text: string, { soundMs }: SpokenTurn): boolean =>
  text !== '' && text.length <= LETTERS_ALLOWED + (soundMs / 1000) * MOST_LETTERS_A_SECOND;

/**
 * Of two channels the first is the caller and the second what was played to them. One channel is the caller in a message;
 * in a conversation it is both at once, and nobody can say who spoke.
 */
const segmentOf = (
  { channel, startMs, endMs }: SpokenTurn,
  { text }: TranscriptionAnswer,
  channels: number,
  kind: RecordingKind,
): Segment[] => {
  if (channels < 2 && kind !== 'message') return [];
  return [{ speaker: channel === 0 ? 'caller' : 'agent', text, startMs, endMs }];
};
