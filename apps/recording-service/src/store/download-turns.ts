import { randomUUID } from 'node:crypto';
import { type Database } from '@frontdesk/persistence';
import { type DownloadTurns } from '../files/download-turns';

/** A holder that shows no life for so long is gone. */
const LEASE_SECONDS = 6;
const BEAT_MS = 1500;

/** Turns as rows with a lease: no connection is held for as long as a download takes, and a dead holder's turn lapses. */
export class PostgresTurns implements DownloadTurns {
  constructor(private readonly database: Database) {}

  async tryTake(recordingSid: string): Promise<AsyncDisposable | null> {
    const owner = randomUUID();
    const { manager } = this.database.dataSource;
    const rows = await manager.query<unknown[]>(
      `INSERT INTO download_turns AS turn (recording_sid, owner, expires_at)
       VALUES ($1, $2, clock_timestamp() + interval '${LEASE_SECONDS} seconds')
       ON CONFLICT (recording_sid) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
       WHERE turn.expires_at < clock_timestamp() RETURNING 1`,
      [recordingSid, owner],
    );
    if (rows.length === 0) return null;
    const mine = [recordingSid, owner];
    const beat = setInterval(() => {
      void manager
        .query(
          `UPDATE download_turns SET expires_at = clock_timestamp() + interval '${LEASE_SECONDS} seconds'
           WHERE recording_sid = $1 AND owner = $2`,
          mine,
        )
        .catch(() => undefined); // a database that is away shows in the download itself
    }, BEAT_MS);
    return {
      async [Symbol.asyncDispose]() {
        clearInterval(beat);
        // What cannot be given back lapses.
        await manager
          .query('DELETE FROM download_turns WHERE recording_sid = $1 AND owner = $2', mine)
          .catch(() => undefined);
      },
    };
  }
}

/** Whether a replica has the turn of any of these recordings right now. */
export const isAnyBeingFetched = async (
  { dataSource }: Database,
  recordingSids: readonly string[],
): Promise<boolean> => {
  const taken = await dataSource.manager.query<unknown[]>(
    'SELECT 1 FROM download_turns WHERE recording_sid = ANY($1) AND expires_at >= clock_timestamp() LIMIT 1',
    [recordingSids],
  );
  return taken.length > 0;
};

/** Forgets the turns of replicas that died with them and that nobody took over. */
export const clearLapsedTurns = async ({ dataSource }: Database): Promise<void> => {
  await dataSource.manager.query(
    `DELETE FROM download_turns WHERE expires_at < clock_timestamp() - interval '${LEASE_SECONDS} seconds'`,
  );
};
