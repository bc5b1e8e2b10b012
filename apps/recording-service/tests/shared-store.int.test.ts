import S3rver from '@20minutes/s3rver';
import { writeWav } from '@frontdesk/audio';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksumOf } from '../src/files/checksum';
import { type FileOfRecording, RecordingFiles } from '../src/files/recording-files';
import { SharedStore } from '../src/files/shared-store';
import { PostgresTurns } from '../src/store/download-turns';
import { ACCOUNT, newCallSid, newRecordingSid, openStore, type Store } from './fixtures';

/** A real server of the S3 protocol, which checks signatures, between replicas with a folder each. */

const wav = writeWav([Int16Array.from({ length: 800_000 }, (_, i) => i % 3000)], 8000);
let folder: string;
let s3: S3rver;
let twilio: Server;
let database: Store;
let downloads = 0;
let storeUrl: string;
let twilioUrl: string;

beforeAll(async () => {
  database = await openStore();
  folder = await mkdtemp(join(tmpdir(), 'shared-store-'));
  s3 = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'recordings', configs: [] }],
  });
  storeUrl = `http://127.0.0.1:${(await s3.run()).port}/recordings/calls`;
  twilio = createServer((_request, response) => {
    downloads += 1;
    response.end(wav);
  });
  await new Promise<void>((resolve) => twilio.listen(0, '127.0.0.1', resolve));
  twilioUrl = `http://127.0.0.1:${(twilio.address() as AddressInfo).port}`;
});
afterAll(async () => {
  twilio.closeAllConnections();
  await new Promise((resolve) => twilio.close(resolve));
  await s3.close();
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const storeWith = (secretAccessKey = 'S3RVER', url = storeUrl): SharedStore =>
  new SharedStore({ url, region: 'us-east-1', accessKeyId: 'S3RVER', secretAccessKey });
const replica = (name: string, store: SharedStore | undefined = storeWith()): Promise<RecordingFiles> =>
  RecordingFiles.open({
    turns: new PostgresTurns(database.database),
    folder: join(folder, name),
    maxBytes: 100_000_000,
    maxAgeMs: 86_400_000,
    maxRecordingBytes: 10_000_000,
    formats: ['.wav'],
    apiBaseUrl: twilioUrl,
    defaultAccountSid: ACCOUNT,
    authTokenOf: () => 'x',
    store,
    logger: silentLogger,
    metrics: new Metrics({ withProcessMetrics: false }),
  });
const newRecording = async (): Promise<FileOfRecording> => {
  const callSid = newCallSid();
  downloads = 0;
  return {
    recordingSid: newRecordingSid(),
    callSid,
    accountSid: null,
    status: 'completed',
    url: `${twilioUrl}/Recordings/RE1`,
    channels: 1,
    fileStem: callSid,
    checksum: 'unknown to this test',
  };
};

describe('the shared store', () => {
  it('lets the second replica take what the first downloaded, byte for byte', async () => {
    const recording = { ...(await newRecording()), checksum: null };
    const first = await (await replica('a')).getRecordingFile(recording);
    const checksum = await checksumOf(first.path);
    const second = await (await replica('b')).getRecordingFile({ ...recording, checksum });
    expect(downloads).toBe(1);
    expect((await readFile(second.path)).equals(wav)).toBe(true);
  });

  it('costs one download however many replicas with folders of their own ask at once', async () => {
    const recording = { ...(await newRecording()), checksum: null };
    const replicas = await Promise.all(['g', 'h', 'i'].map((name) => replica(name)));
    const files = await Promise.all(replicas.map((files) => files.getRecordingFile(recording)));
    for (const { path } of files) expect((await readFile(path)).equals(wav)).toBe(true);
    expect(downloads).toBe(1);
    expect(await database.rows('SELECT 1 FROM download_turns')).toEqual([]);
  });

  it('is filled by another when the replica whose turn it was is gone', async () => {
    const recording = { ...(await newRecording()), checksum: null };
    await database.rows(
      `INSERT INTO download_turns VALUES ($1, gen_random_uuid(), clock_timestamp() + interval '200 milliseconds')`,
      [recording.recordingSid],
    );
    const files = await replica('j');
    expect((await files.getRecordingFile(recording)).bytes).toBe(wav.length);
    expect(downloads).toBe(1);
  });

  it('keeps the turn of who is at work, and gives it to one of those who wait', async () => {
    const turns = new PostgresTurns(database.database);
    const first = await turns.tryTake('RE1');
    const others = (): Promise<(AsyncDisposable | null)[]> =>
      Promise.all([turns.tryTake('RE1'), turns.tryTake('RE1')]);
    expect(await others()).toEqual([null, null]);
    await first?.[Symbol.asyncDispose]();
    const next = (await others()).filter((turn) => turn !== null);
    expect(next).toHaveLength(1);
    await next[0]![Symbol.asyncDispose]();
  });

  it('is not believed when it holds another file than was put there', async () => {
    const recording = await newRecording();
    const other = await replica('c', undefined);
    const { path } = await other.getRecordingFile(recording);
    const store = storeWith();
    await store.put(recording.fileStem, { path, format: 'wav', bytes: wav.length }, await checksumOf(path));
    const fetched = await (await replica('d', store)).getRecordingFile(recording);
    expect(downloads).toBe(2); // the row's checksum does not fit: Twilio is asked
    expect((await readFile(fetched.path)).equals(wav)).toBe(true);
  });

  it('is done without while it is away or refuses the key', async () => {
    for (const store of [storeWith('wrong'), storeWith('S3RVER', 'http://127.0.0.1:1/recordings')]) {
      const files = await replica('e', store);
      const file = await files.getRecordingFile(await newRecording());
      expect(downloads).toBe(1);
      expect((await readFile(file.path)).equals(wav)).toBe(true);
    }
  });

  it('loses what is deleted', async () => {
    const recording = { ...(await newRecording()), checksum: null };
    const files = await replica('f');
    await files.getRecordingFile(recording);
    await files.remove(recording.fileStem);
    await files.remove(recording.fileStem);
    expect(await storeWith().fetchTo(join(folder, 'none'), recording.fileStem, 1e7)).toBeNull();
    expect((await readdir(join(folder, 'f'))).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});
