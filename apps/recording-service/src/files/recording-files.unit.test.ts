import { writeWav } from '@frontdesk/audio';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DownloadLock } from './download-lock';
import { RecordingFileError } from './recording-file-error';
import { type FileOfRecording, RecordingFiles, type RecordingFilesOptions } from './recording-files';

const sid = (prefix: string, digit: number): string => prefix + String(digit).repeat(32);
const stereo = writeWav([new Int16Array(800).fill(9), new Int16Array(800).fill(-9)], 8000);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const serve = async () => {
  let current: Answer = (_request, response) => response.end(stereo);
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    current(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url, seen, answer: (next: Answer) => void (current = next) };
};

describe('getRecordingFile', () => {
  let folder: string;
  let twilio: Awaited<ReturnType<typeof serve>>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recordings-'));
    twilio = await serve();
  });
  afterEach(async () => {
    twilio.server.closeAllConnections();
    await new Promise((resolve) => twilio.server.close(resolve));
    await rm(folder, { recursive: true });
  });

  const open = (overrides: Partial<RecordingFilesOptions> = {}): Promise<RecordingFiles> =>
    RecordingFiles.open({
      folder,
      maxBytes: 1_000_000,
      formats: ['.wav', '.mp3', ''],
      apiBaseUrl: twilio.url,
      maxAgeMs: 86_400_000,
      maxRecordingBytes: 500_000,
      defaultAccountSid: sid('AC', 1),
      authTokenOf: (accountSid) => (accountSid === sid('AC', 1) ? 'secret' : undefined),
      logger: silentLogger,
      metrics: new Metrics({ withProcessMetrics: false }),
      ...overrides,
    });
  const recording = (overrides: Partial<FileOfRecording> = {}): FileOfRecording => ({
    recordingSid: sid('RE', 1),
    callSid: sid('CA', 1),
    accountSid: null,
    status: 'completed',
    url: `${twilio.url}/Recordings/RE1`,
    channels: null,
    fileStem: sid('CA', 1),
    checksum: 'known',
    ...overrides,
  });
  const failureOf = async (promise: Promise<unknown>): Promise<RecordingFileError> => {
    const error: unknown = await promise.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RecordingFileError);
    return error as RecordingFileError;
  };

  it('downloads once however many ask at once, and not again afterwards', async () => {
    const files = await open();
    const all = await Promise.all(Array.from({ length: 50 }, () => files.getRecordingFile(recording())));
    await files.getRecordingFile(recording());
    expect(twilio.seen).toEqual(['/Recordings/RE1.wav']);
    expect(new Set(all.map(({ path }) => path))).toEqual(new Set([join(folder, `${sid('CA', 1)}.wav`)]));
    expect(await readFile(all[0]!.path)).toEqual(stereo);
    expect(all[0]).toMatchObject({ format: 'wav', contentType: 'audio/wav', bytes: stereo.length });
  });

  it('is found by another process that shares the folder', async () => {
    await (await open()).getRecordingFile(recording());
    await (await open()).getRecordingFile(recording());
    expect(twilio.seen).toHaveLength(1);
  });

  it('tries the suffixes in turn, and names the file by what it holds', async () => {
    twilio.answer((request, response) => {
      if (request.url?.endsWith('.wav')) response.writeHead(404).end();
      else response.end(Buffer.concat([Buffer.from('ID3'), Buffer.alloc(100)]));
    });
    const file = await (await open()).getRecordingFile(recording());
    expect(twilio.seen).toEqual(['/Recordings/RE1.wav', '/Recordings/RE1.mp3']);
    expect(file).toMatchObject({ path: join(folder, `${sid('CA', 1)}.mp3`), contentType: 'audio/mpeg' });
  });

  it('asks for both channels of a dual recording, and takes one where there is only one', async () => {
    twilio.answer((request, response) => {
      if (request.url?.includes('RequestedChannels')) response.writeHead(400).end();
      else response.end(stereo);
    });
    await (await open()).getRecordingFile(recording({ channels: 2 }));
    expect(twilio.seen).toEqual(['/Recordings/RE1.wav?RequestedChannels=2', '/Recordings/RE1.wav']);
  });

  it('says not ready, and may be asked again, while every suffix answers 404', async () => {
    twilio.answer((_request, response) => response.writeHead(404).end());
    const files = await open();
    expect(await failureOf(files.getRecordingFile(recording()))).toMatchObject({
      failure: 'not-ready',
      isRetryable: true,
    });
    twilio.answer((_request, response) => response.end(stereo));
    await expect(files.getRecordingFile(recording())).resolves.toMatchObject({ format: 'wav' });
  });

  it.each<[string, Answer, string]>([
    [
      'a page with status 200',
      (_q, r) => r.end('<html><body>Sorry, something is wrong</body></html>'),
      'not-audio',
    ],
    ['an empty body', (_q, r) => r.end(), 'not-audio'],
    ['a WAV header alone', (_q, r) => r.end(stereo.subarray(0, 44)), 'not-audio'],
    ['a WAV shorter than it says', (_q, r) => r.end(stereo.subarray(0, 1000)), 'not-audio'],
    ['a body that breaks off', (_q, r) => cutOff(r), 'unreachable'],
    ['an error of the server', (_q, r) => r.writeHead(500).end(), 'unreachable'],
    ['a refusal', (_q, r) => r.writeHead(403).end(), 'refused'],
    [
      'more than the cache may hold',
      (_q, r) => r.end(Buffer.concat([stereo, Buffer.alloc(1_000_000)])),
      'refused',
    ],
    ['a redirect to a private address', (_q, r) => redirect(r, 'http://169.254.169.254/latest'), 'refused'],
    ['a redirect to another host', (_q, r) => redirect(r, 'https://evil.example/x.wav'), 'refused'],
    ['a redirect without end', (q, r) => redirect(r, q.url ?? ''), 'refused'],
  ])('takes %s for no recording and leaves nothing behind', async (_title, answer, failure) => {
    twilio.answer(answer);
    expect(await failureOf((await open()).getRecordingFile(recording()))).toMatchObject({ failure });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    'https://evil.example/Recordings/RE1',
    'https://api.twilio.com.evil.example/x',
    'https://api.twilio.com:8443/x',
    'https://user:password@api.twilio.com/x',
    'file:///etc/passwd',
    'http://10.0.0.1/x',
    'not a url',
  ])('does not fetch from %s', async (url) => {
    expect(await failureOf((await open()).getRecordingFile(recording({ url })))).toMatchObject({
      failure: 'refused',
    });
    expect(twilio.seen).toEqual([]);
  });

  it('sends its credentials to the first host and to no other', async () => {
    const other = await serve();
    const seen: (string | undefined)[] = [];
    other.answer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(stereo);
    });
    twilio.answer((request, response) => {
      seen.push(request.headers.authorization);
      redirect(response, `${other.url}/media.wav`);
    });
    const files = await open();
    // The second host is let through here as if it were one of Twilio's.
    jest.spyOn(files['hosts'], 'check').mockImplementation((address) => new URL(address));
    await files.getRecordingFile(recording());
    other.server.closeAllConnections();
    other.server.close();
    expect(seen).toEqual([expect.stringMatching(/^Basic /), undefined]);
  });

  it('keeps the cache within its bound, the least recently used going first', async () => {
    const files = await open({ maxBytes: stereo.length * 2 + 10 });
    for (const digit of [1, 2]) {
      await files.getRecordingFile(recording({ fileStem: sid('CA', digit), recordingSid: sid('RE', digit) }));
      const then = new Date(Date.now() - 60_000 + digit);
      await utimes(join(folder, `${sid('CA', digit)}.wav`), then, then);
    }
    await files.getRecordingFile(recording({ fileStem: sid('CA', 1) }));
    await files.getRecordingFile(recording({ fileStem: sid('CA', 3), recordingSid: sid('RE', 3) }));
    expect((await readdir(folder)).sort()).toEqual([`${sid('CA', 1)}.wav`, `${sid('CA', 3)}.wav`]);
  });

  it('refuses a recording that says it is too large before any of it is read', async () => {
    let sent = 0;
    twilio.answer((_request, response) => {
      response.writeHead(200, { 'content-length': 2_000_000_000 });
      response.on('close', () => (sent = response.socket?.bytesWritten ?? 0));
      response.write(stereo);
    });
    expect(await failureOf((await open()).getRecordingFile(recording()))).toMatchObject({
      failure: 'refused',
      message: expect.stringContaining('larger than'),
    });
    expect(sent).toBeLessThan(1_000_000);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets files go that nobody used for too long, and half files that nobody writes any more', async () => {
    const files = await open();
    for (const digit of [1, 2])
      await files.getRecordingFile(recording({ fileStem: sid('CA', digit), recordingSid: sid('RE', digit) }));
    const old = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(folder, `${sid('CA', 1)}.wav`), old, old);
    const part = join(folder, `.${sid('CA', 3)}.x.part`);
    await writeFile(part, 'RIFF');
    await utimes(part, old, old);
    await files.sweep(async (stems) => new Set(stems));
    expect(await readdir(folder)).toEqual([`${sid('CA', 2)}.wav`]);
  });

  it('forgets the files of recordings that another replica deleted', async () => {
    const files = await open();
    for (const digit of [1, 2])
      await files.getRecordingFile(recording({ fileStem: sid('CA', digit), recordingSid: sid('RE', digit) }));
    await files.sweep(async () => new Set([sid('CA', 1)]));
    expect(await readdir(folder)).toEqual([`${sid('CA', 1)}.wav`]);
  });

  it('makes room once when the disk is full, and says so when that does not help', async () => {
    const files = await open();
    await files.getRecordingFile(recording());
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const original = fs.createWriteStream;
    let failures = 1;
    const write = jest.spyOn(fs, 'createWriteStream').mockImplementation((path, options) => {
      const stream = original(path, options);
      if (failures-- > 0) stream._write = (_part, _encoding, done) => done(full);
      return stream;
    });
    const other = recording({ fileStem: sid('CA', 2), recordingSid: sid('RE', 2) });
    await expect(files.getRecordingFile(other)).resolves.toMatchObject({ format: 'wav' });
    expect(await readdir(folder)).toEqual([`${sid('CA', 2)}.wav`]);
    failures = 2;
    const third = recording({ fileStem: sid('CA', 3), recordingSid: sid('RE', 3) });
    expect(await failureOf(files.getRecordingFile(third))).toMatchObject({ failure: 'no-space' });
    write.mockRestore();
    expect((await readdir(folder)).filter((name) => name.includes(sid('CA', 3)))).toEqual([]);
  });

  it('asks for the media of an account with that account, and of a foreign one not at all', async () => {
    const seen: (string | undefined)[] = [];
    twilio.answer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(stereo);
    });
    const tokens: Record<string, string> = { [sid('AC', 1)]: 'secret', [sid('AC', 2)]: 'other' };
    const files = await open({ authTokenOf: (accountSid) => tokens[accountSid] });
    await files.getRecordingFile(recording({ accountSid: sid('AC', 2) }));
    expect(Buffer.from(seen[0]!.slice('Basic '.length), 'base64').toString()).toBe(`${sid('AC', 2)}:other`);
    const foreign = recording({
      accountSid: sid('AC', 3),
      fileStem: sid('CA', 3),
      recordingSid: sid('RE', 3),
    });
    expect(await failureOf(files.getRecordingFile(foreign))).toMatchObject({ failure: 'refused' });
    expect(seen).toHaveLength(1);
  });

  it('writes the checksum of a file whose process died before it could', async () => {
    await (await open()).getRecordingFile(recording());
    const told: unknown[] = [];
    const onFile: RecordingFilesOptions['onFile'] = async (_sid, { checksum }, source) =>
      told.push([checksum, source]) > 0;
    await (await open({ onFile })).getRecordingFile(recording({ checksum: null }));
    expect(told).toEqual([[createHash('sha256').update(stereo).digest('hex'), 'found']]);
    expect(twilio.seen).toHaveLength(1);
  });

  it('leaves telling of a download to the process that made it, however early others see the file', async () => {
    const told: string[] = [];
    let goOn = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => (goOn = resolve));
    let entered = (): void => undefined;
    const isTelling = new Promise<void>((resolve) => (entered = resolve));
    const one = await open({
      onFile: async (_sid, _file, source) => {
        entered();
        await isWritten;
        return told.push(source) > 0;
      },
    });
    const other = await open({ onFile: async (_sid, _file, source) => told.push(source) > 0 });
    const asked = recording({ checksum: null });
    const first = one.getRecordingFile(asked);
    await isTelling;
    expect(await readdir(folder)).toContain(`${sid('CA', 1)}.wav`);
    const looks = jest.spyOn(DownloadLock, 'tryTake');
    const second = other.getRecordingFile(asked);
    while (looks.mock.calls.length < 2 && told.length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    looks.mockRestore();
    expect(told).toEqual([]);
    goOn();
    await Promise.all([first, second]);
    expect(told[0]).toBe('twilio');
    expect(twilio.seen).toHaveLength(1);
  });

  it('waits for another process that downloads it, and takes over from one that is gone', async () => {
    const [one, other] = [await open(), await open()];
    let goOn = (): void => undefined;
    twilio.answer((_request, response) => (goOn = () => response.end(stereo)));
    const first = one.getRecordingFile(recording());
    while (twilio.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = other.getRecordingFile(recording());
    goOn();
    await Promise.all([first, second]);
    expect(twilio.seen).toHaveLength(1);

    const lock = join(folder, `.${sid('CA', 2)}.lock`);
    await writeFile(lock, 'of a process that was killed');
    const then = new Date(Date.now() - 10_000);
    await utimes(lock, then, then);
    twilio.answer((_request, response) => response.end(stereo));
    await one.getRecordingFile(recording({ fileStem: sid('CA', 2), recordingSid: sid('RE', 2) }));
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is got again when the cache let it go before it could be opened, and not without end', async () => {
    const files = await open();
    const get = files.getRecordingFile.bind(files);
    const losing = jest.spyOn(files, 'getRecordingFile');
    const getAndLose: typeof get = async (asked) => {
      const file = await get(asked);
      await rm(file.path);
      return file;
    };
    losing.mockImplementationOnce(getAndLose);
    const { file, handle } = await files.openRecordingFile(recording());
    expect(await handle.readFile()).toEqual(stereo);
    await handle.close();
    expect([file.format, twilio.seen.length]).toEqual(['wav', 2]);
    losing.mockImplementation(getAndLose);
    expect(await failureOf(files.openRecordingFile(recording()))).toMatchObject({ failure: 'no-space' });
  });

  it('fetches a bounded number of recordings at once, and turns further ones away for the moment', async () => {
    const waiting: ServerResponse[] = [];
    twilio.answer((_request, response) => void waiting.push(response));
    const files = await open();
    const nth = (n: number): FileOfRecording => {
      const hex = n.toString(16).padStart(32, '0');
      return recording({ recordingSid: `RE${hex}`, callSid: `CA${hex}`, fileStem: `CA${hex}` });
    };
    const fetched = Array.from({ length: 32 }, (_, n) => files.getRecordingFile(nth(n)));
    while (waiting.length < 32) await new Promise((resolve) => setImmediate(resolve));
    expect(await failureOf(files.getRecordingFile(nth(32)))).toMatchObject({
      failure: 'busy',
      isRetryable: true,
    });
    fetched.push(files.getRecordingFile(nth(0)));
    for (const response of waiting) response.end(stereo);
    expect((await Promise.all(fetched)).every(({ bytes }) => bytes === stereo.length)).toBe(true);
  });

  it('never lets a name become a path', async () => {
    await expect(
      (await open()).getRecordingFile(recording({ fileStem: '../../etc/passwd' })),
    ).rejects.toThrow('named by its SIDs');
  });

  it('keeps no file of a recording that was deleted while it was fetched', async () => {
    const files = await open({ onFile: async () => false });
    expect(await failureOf(files.getRecordingFile(recording()))).toMatchObject({ failure: 'gone' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('knows that an absent recording will never come', async () => {
    expect(await failureOf((await open()).getRecordingFile(recording({ status: 'absent' })))).toMatchObject({
      failure: 'gone',
      isRetryable: false,
    });
  });
});

const redirect = (response: ServerResponse, location: string): void => {
  response.writeHead(302, { location }).end();
};

const cutOff = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': stereo.length });
  response.write(stereo.subarray(0, 500), () => response.destroy());
};
