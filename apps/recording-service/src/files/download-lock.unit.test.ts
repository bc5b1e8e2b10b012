import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DownloadLock } from './download-lock';

jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual<typeof files>('node:fs/promises');
  return { ...actual, rename: jest.fn(actual.rename) };
});

let folder: string;
beforeEach(async () => (folder = await files.mkdtemp(join(tmpdir(), 'download-lock-'))));
afterEach(() => files.rm(folder, { recursive: true }));

const leaveStale = async (path: string): Promise<void> => {
  await files.writeFile(path, 'of one who is gone');
  await files.utimes(path, 0, 0);
};

describe('the lock of a download', () => {
  it('is held by one, and by the next after it was given back', async () => {
    const path = join(folder, 'lock');
    const first = await DownloadLock.tryTake(path);
    expect(await DownloadLock.tryTake(path)).toBeNull();
    await first![Symbol.asyncDispose]();
    await using second = await DownloadLock.tryTake(path);
    expect(second).not.toBeNull();
  });

  it('is taken from one who is gone', async () => {
    const path = join(folder, 'lock');
    await leaveStale(path);
    await using taken = await DownloadLock.tryTake(path);
    expect(taken).not.toBeNull();
    expect(await files.readdir(folder)).toEqual(['lock']);
  });

  it('is taken from one who is gone by one of two who saw it, however slow the other is', async () => {
    const path = join(folder, 'lock');
    await leaveStale(path);
    const { rename } = jest.requireActual<typeof files>('node:fs/promises');
    const quick: (DownloadLock | null)[] = [];
    jest.mocked(files.rename).mockImplementationOnce(async (from, to) => {
      // The slow one has seen the stale lock; the quick one takes it over meanwhile.
      quick.push(await DownloadLock.tryTake(path));
      await rename(from, to);
    });
    const slow = await DownloadLock.tryTake(path);
    expect(quick).toEqual([expect.any(DownloadLock)]);
    expect(slow).toBeNull();
    // It still holds: nobody else gets it, and it is gone when it is given back.
    expect(await DownloadLock.tryTake(path)).toBeNull();
    await quick[0]![Symbol.asyncDispose]();
    expect(await files.readdir(folder)).toEqual([]);
  });
});
