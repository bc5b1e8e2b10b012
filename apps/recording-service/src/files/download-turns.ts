import { setTimeout as sleep } from 'node:timers/promises';
import { RecordingFileError } from './recording-file-error';

/** Lets one replica of many download a recording at a time, where they share a store and no folder. */
export interface DownloadTurns {
  /** Null while another has it; disposed, it is given back. */
  tryTake(recordingSid: string): Promise<AsyncDisposable | null>;
}

/** How often a replica that waits looks for what another downloads, and for how long at most. */
const LOOK_MS = 500;
const WAIT_MS = 15 * 60_000;

/** What the shared store has, else what `download` brings when it is this replica's turn. */
export const inTurn = async <T>(
  turns: DownloadTurns,
  recordingSid: string,
  { fromStore, download }: { fromStore: () => Promise<T | null>; download: () => Promise<T> },
): Promise<T> => {
  for (const deadline = Date.now() + WAIT_MS; ;) {
    const stored = await fromStore();
    if (stored) return stored;
    await using turn = await turns.tryTake(recordingSid);
    // Who had it before may have stored it since.
    if (turn) return (await fromStore()) ?? (await download());
    if (Date.now() > deadline)
      throw new RecordingFileError('unreachable', 'another replica has been downloading it for too long');
    await sleep(LOOK_MS);
  }
};
