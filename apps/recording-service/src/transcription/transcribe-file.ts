import { parseWav, writeWav } from '@frontdesk/audio';
import { type Transcript } from '@frontdesk/contracts';
import { type Transcriber } from '@frontdesk/speech';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type RecordingFile } from '../files/recording-files';
import { type RecordingKind, type TranscriptionAnswer } from '../store/entities';
import { type Piece, piecesOf } from './pieces';

export type Segment = Transcript['segments'][number];

export interface TranscribedFile {
  text: string;
  language: string | null;
  segments: Segment[];
}

/** Remembers, across crashes, what was asked and answered, so that no piece is paid for twice. */
export interface AnswerBook {
  /** Called before each paid request. */
  asking(): Promise<void>;
  get(key: string): TranscriptionAnswer | undefined;
  keep(key: string, answer: TranscriptionAnswer): Promise<void>;
}

/** Transcribes a recording channel by channel and merges what was said by time. */
export const transcribeFile = async (
  file: RecordingFile,
  kind: RecordingKind,
  options: { transcriber: Transcriber; locale: string; book: AnswerBook; signal: AbortSignal },
): Promise<TranscribedFile> => {
  const ask = async (key: string, makeFile: () => Buffer, fileName: string): Promise<TranscriptionAnswer> => {
    const known = options.book.get(key);
    if (known) return known;
    await options.book.asking();
    const { transcriber, locale, signal } = options;
    const answer = await transcriber.transcribe({ wav: makeFile(), fileName, language: locale, signal });
    await options.book.keep(key, answer);
    return answer;
  };
  const bytes = await readFile(file.path);
  if (file.format === 'mp3') return wholeText(await ask('whole', () => bytes, basename(file.path)));

  const { samples, sampleRate } = parseWav(bytes);
  const segments: (Segment | null)[] = [];
  const answers: { piece: Piece; answer: TranscriptionAnswer }[] = [];
  for (const piece of piecesOf(samples, sampleRate)) {
    const fileName = `${basename(file.path, '.wav')}-${piece.key}.wav`;
    const answer = await ask(piece.key, () => writeWav([piece.samples], sampleRate), fileName);
    if (answer.text !== '') answers.push({ piece, answer });
  }
  answers.sort((a, b) => a.piece.startMs - b.piece.startMs);
  for (const { piece, answer } of answers) segments.push(segmentOf(piece, answer, samples.length, kind));
  return {
    text: answers.map(({ answer }) => answer.text).join('\n'),
    language: answers.find(({ answer }) => answer.language !== null)?.answer.language ?? null,
    segments: segments.filter((segment) => segment !== null),
  };
};

const wholeText = ({ text, language }: TranscriptionAnswer): TranscribedFile => ({
  text,
  language,
  segments: [],
});

/**
 * Of two channels the first is the caller and the second what was played to them. One channel is the caller in a message;
 * in a conversation it is both at once, and nobody can say who spoke.
 */
const segmentOf = (
  { channel, startMs, endMs }: Piece,
  { text }: TranscriptionAnswer,
  channels: number,
  kind: RecordingKind,
): Segment | null => {
  if (channels < 2 && kind !== 'message') return null;
  return { speaker: channel === 0 ? 'caller' : 'agent', text, startMs, endMs };
};
