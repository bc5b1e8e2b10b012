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
  async transcribe({ audio, fileName, language }) {
    seen.push(fileName);
    const { samples } = parseWav(audio);
    return { text: decodeSpeech(samples[0]!).text, language };
  },
});

const bookOf = (
  answers: Map<string, TranscriptionAnswer>,
): AnswerBook & { asked: string[]; seconds: number[] } => ({
  asked: [],
  seconds: [],
  get: (key) => answers.get(key),
  async ask(key, seconds, request) {
    this.asked.push(key);
    this.seconds.push(seconds);
    return request();
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
      name: 'RE1',
      locale: 'en-US',
      book,
      signal,
    });
    expect(result.segments.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['agent', 'welcome to the clinic'],
      ['caller', 'good morning'],
    ]);
    expect(result.segments[1]!.startMs).toBeGreaterThan(2800);
    expect(result).toMatchObject({ text: 'welcome to the clinic\ngood morning', language: 'en-US' });
    expect(seen).toEqual(book.asked.map((key) => `RE1-${key}.wav`));
    expect(book.asked.map((key) => key[0]).sort()).toEqual(['0', '1']);
  });

  it('asks nothing again that was answered before a crash', async () => {
    const seen: string[] = [];
    const answers = new Map([['0.0', { text: 'from before', language: null }]]);
    const book = bookOf(answers);
    const file = await fileOf([encodeSpeech('caller words'), encodeSpeech('agent words')]);
    const result = await transcribeFile(file, 'conversation', {
      transcriber: decoding(seen),
      name: 'RE1',
      locale: 'en',
      book,
      signal,
    });
    expect(book.asked).toEqual(['1.0']);
    expect(result.segments.map(({ text }) => text)).toContain('from before');
  });

  it('pays nothing for silence', async () => {
    const seen: string[] = [];
    const file = await fileOf([new Int16Array(8000), new Int16Array(8000)]);
    const book = bookOf(new Map());
    const result = await transcribeFile(file, 'conversation', {
      transcriber: decoding(seen),
      name: 'RE1',
      locale: 'he',
      book,
      signal,
    });
    expect(result).toEqual({ text: '', language: null, segments: [] });
    expect(seen).toEqual([]);
  });

  it('claims to know the speaker of one channel only in a message', async () => {
    const file = await fileOf([encodeSpeech('call me back')]);
    const options = { transcriber: decoding([]), name: 'RE1', locale: 'en', signal };
    const message = await transcribeFile(file, 'message', { ...options, book: bookOf(new Map()) });
    expect(message.segments).toEqual([expect.objectContaining({ speaker: 'caller', text: 'call me back' })]);
    const mixed = await transcribeFile(file, 'conversation', { ...options, book: bookOf(new Map()) });
    expect(mixed).toMatchObject({ text: 'call me back', segments: [] });
  });

  it('asks for each turn by itself, so that its time is known', async () => {
    const pause = new Int16Array(2 * 8000);
    const file = await fileOf([
      Int16Array.from([...encodeSpeech('first words'), ...pause, ...encodeSpeech('second words')]),
    ]);
    const book = bookOf(new Map());
    const options = { transcriber: decoding([]), name: 'RE1', locale: 'en', signal, book };
    const { segments } = await transcribeFile(file, 'message', options);
    expect(segments.map(({ text }) => text)).toEqual(['first words', 'second words']);
    expect(segments[1]!.startMs! - segments[0]!.endMs!).toBeGreaterThan(1500);
  });

  it('drops words that nobody can have said in the time', async () => {
    const file = await fileOf([Int16Array.from({ length: 2400 }, (_, i) => 8000 * Math.sin(i / 3))]);
    const inventive: Transcriber = {
      provider: 'inventive',
      model: 'm',
      transcribe: async () => ({
        text: 'Thank you for watching, please subscribe to the channel',
        language: null,
      }),
    };
    const options = { transcriber: inventive, name: 'RE1', locale: 'en', signal, book: bookOf(new Map()) };
    expect(await transcribeFile(file, 'message', options)).toMatchObject({ text: '', segments: [] });
  });

  it('asks for an MP3 as it is, ten minutes a request, and says how long it was', async () => {
    const path = join(folder, 'CA1.mp3');
    await writeFile(path, mp3Of(25 * 60_000));
    const seen: number[] = [];
    const transcriber: Transcriber = {
      provider: 'counting',
      model: 'm',
      async transcribe({ audio, fileName }) {
        expect(fileName).toMatch(/^RE1-whole\.\d+\.mp3$/);
        expect(audio.readUInt16BE(0)).toBe(0xffe3);
        seen.push(audio.length);
        return { text: `from ${fileName.split('.')[1]}`, language: null };
      },
    };
    const book = bookOf(new Map());
    const options = { transcriber, name: 'RE1', locale: 'he', signal, book };
    const result = await transcribeFile({ path, format: 'mp3' }, 'message', options);
    expect([...book.asked].sort()).toEqual(['whole.0', 'whole.1199952', 'whole.599976']);
    expect(book.seconds.reduce((sum, seconds) => sum + seconds)).toBeCloseTo(25 * 60, 0);
    expect(seen.every((bytes) => bytes <= 2_400_000)).toBe(true);
    expect(result.text).toBe('from 0\nfrom 599976\nfrom 1199952');
    expect(result.segments.map(({ speaker, startMs }) => [speaker, startMs])).toEqual([
      ['caller', 0],
      ['caller', 599_976],
      ['caller', 1_199_952],
    ]);
  });

  it('asks for an MP3 under ten minutes in one request, and not again for what an earlier release has paid for', async () => {
    const path = join(folder, 'CA2.mp3');
    await writeFile(path, mp3Of(60_000));
    const transcriber: Transcriber = {
      provider: 'counting',
      model: 'm',
      transcribe: async ({ fileName }) => ({ text: fileName, language: null }),
    };
    const options = { transcriber, name: 'RE1', locale: 'he', signal };
    const first = bookOf(new Map());
    expect(
      await transcribeFile({ path, format: 'mp3' }, 'message', { ...options, book: first }),
    ).toMatchObject({
      text: 'RE1-whole.mp3',
    });
    expect(first.asked).toEqual(['whole']);
    const paid = bookOf(new Map([['whole', { text: 'paid for', language: null }]]));
    expect(
      await transcribeFile({ path, format: 'mp3' }, 'message', { ...options, book: paid }),
    ).toMatchObject({
      text: 'paid for',
    });
    expect(paid.asked).toEqual([]);
  });

  it('begins no further request after one failed, and waits for those under way', async () => {
    const words = [...encodeSpeech('words'), ...new Int16Array(2 * 8000)];
    const file = await fileOf([Int16Array.from(Array.from({ length: 8 }, () => words).flat())]);
    const ended: string[] = [];
    let fail = (): void => undefined;
    const hasFailed = new Promise<void>((resolve) => (fail = resolve));
    let enough = (): void => undefined;
    const areThree = new Promise<void>((resolve) => (enough = resolve));
    const book = bookOf(new Map());
    const failing: Transcriber = {
      provider: 'failing',
      model: 'm',
      async transcribe({ fileName }) {
        if (book.asked.length === 3) enough();
        await areThree;
        if (fileName.endsWith('-0.0.wav')) {
          fail();
          throw new Error('overloaded');
        }
        await hasFailed;
        await new Promise((resolve) => setImmediate(resolve)); // until the failure is known to all
        ended.push(fileName);
        return { text: 'words', language: null };
      },
    };
    const options = { transcriber: failing, name: 'RE1', locale: 'en', signal, book };
    await expect(transcribeFile(file, 'message', options)).rejects.toThrow('overloaded');
    expect(book.asked).toHaveLength(3);
    expect(ended).toHaveLength(2);
  });
});

/** Silent frames of 32 kbit/s at 8 kHz (MPEG 2.5, layer III), as Twilio's MP3s are: 72 ms and 288 bytes each. */
const mp3Of = (durationMs: number): Buffer => {
  const frame = Buffer.alloc(288);
  frame.writeUInt32BE(0xffe34800);
  return Buffer.concat(Array.from({ length: Math.round(durationMs / 72) }, () => frame));
};
