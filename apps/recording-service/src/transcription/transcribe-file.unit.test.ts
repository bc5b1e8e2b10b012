import { writeWav } from '@frontdesk/audio';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { parseWav } from '@frontdesk/audio';
import { type Transcriber } from '@frontdesk/speech';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TranscriptionAnswer } from '../store/entities';
import { type AnswerBook, transcribeFile } from './transcribe-file';

const decoding = (seen: string[]): Transcriber => ({
  provider: 'decoder',
  model: 'fsk',
  async transcribe({ wav, fileName, language }) {
    seen.push(fileName);
    const { samples } = parseWav(wav);
    return { text: decodeSpeech(samples[0]!).text, language };
  },
});

const bookOf = (answers: Map<string, TranscriptionAnswer>): AnswerBook & { asked: number } => ({
  asked: 0,
  async asking() {
    this.asked += 1;
  },
  get: (key) => answers.get(key),
  async keep(key, answer) {
    answers.set(key, answer);
  },
});

const delayed = (samples: Int16Array, seconds: number): Int16Array =>
  Int16Array.from([...new Int16Array(seconds * 8000), ...samples]);

describe('transcribeFile', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'transcribe-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const fileOf = async (channels: Int16Array[]) => {
    const path = join(folder, 'CA1.wav');
    const wav = writeWav(channels, 8000);
    await writeFile(path, wav);
    return { path, format: 'wav' as const, contentType: 'audio/wav', bytes: wav.length };
  };
  const signal = new AbortController().signal;

  it('tells caller and agent apart and merges them by time', async () => {
    const seen: string[] = [];
    const file = await fileOf([
      delayed(encodeSpeech('good morning'), 3),
      encodeSpeech('welcome to the clinic'),
    ]);
    const book = bookOf(new Map());
    const result = await transcribeFile(file, 'conversation', {
      transcriber: decoding(seen),
      locale: 'en-US',
      book,
      signal,
    });
    expect(result.segments.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['agent', 'welcome to the clinic'],
      ['caller', 'good morning'],
    ]);
    expect(result.segments[1]!.startMs).toBeGreaterThan(2900);
    expect(result).toMatchObject({ text: 'welcome to the clinic\ngood morning', language: 'en-US' });
    expect(seen).toEqual(['CA1-0.0.wav', 'CA1-1.0.wav']);
    expect(book.asked).toBe(2);
  });

  it('asks nothing again that was answered before a crash', async () => {
    const seen: string[] = [];
    const answers = new Map([['0.0', { text: 'from before', language: null }]]);
    const book = bookOf(answers);
    const file = await fileOf([encodeSpeech('caller words'), encodeSpeech('agent words')]);
    const result = await transcribeFile(file, 'conversation', {
      transcriber: decoding(seen),
      locale: 'en',
      book,
      signal,
    });
    expect(seen).toEqual(['CA1-1.0.wav']);
    expect(book.asked).toBe(1);
    expect(result.segments.map(({ text }) => text)).toContain('from before');
  });

  it('pays nothing for silence', async () => {
    const seen: string[] = [];
    const file = await fileOf([new Int16Array(8000), new Int16Array(8000)]);
    const book = bookOf(new Map());
    const result = await transcribeFile(file, 'conversation', {
      transcriber: decoding(seen),
      locale: 'he',
      book,
      signal,
    });
    expect(result).toEqual({ text: '', language: null, segments: [] });
    expect(seen).toEqual([]);
  });

  it('claims to know the speaker of one channel only in a message', async () => {
    const file = await fileOf([encodeSpeech('call me back')]);
    const options = { transcriber: decoding([]), locale: 'en', signal };
    const message = await transcribeFile(file, 'message', { ...options, book: bookOf(new Map()) });
    expect(message.segments).toEqual([expect.objectContaining({ speaker: 'caller', text: 'call me back' })]);
    const mixed = await transcribeFile(file, 'conversation', { ...options, book: bookOf(new Map()) });
    expect(mixed).toMatchObject({ text: 'call me back', segments: [] });
  });
});
