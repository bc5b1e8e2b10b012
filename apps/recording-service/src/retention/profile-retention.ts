import { listProfilesSince } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';

/** Profiles in one answer of greeting-service. */
const PAGE = 500;
const ANSWER_MS = 10_000;

interface Changes {
  /** What was asked since, and what to ask next. */
  readonly since: number;
  readonly revision: number;
  readonly profiles: readonly { readonly id: string; readonly retentionDays: number | null }[];
}

/**
 * Follows what profiles say of how long their calls are kept, by their revision as gateways do. The days of a business
 * whose profile was deleted hold on: it asked for them.
 */
export class ProfileRetention {
  constructor(private readonly options: { database: Database; greetings: Pick<ServiceClient, 'call'> }) {}

  /** Reads all that changed. When it returns, what is written is what the profiles said a moment ago; else it throws. */
  async follow(): Promise<void> {
    const { database, greetings } = this.options;
    for (;;) {
      const since = await seenRevision(database);
      const query = { since, limit: PAGE };
      const { revision, profiles, more } = await greetings.call(listProfilesSince, {
        query,
        timeoutMs: ANSWER_MS,
      });
      // Another replica that was faster may have had an older answer, which is what stands there now.
      if ((await keep(database, { since, revision, profiles })) && !more) return;
    }
  }
}

const seenRevision = async ({ dataSource }: Database): Promise<number> => {
  const [row] = await dataSource.manager.query<{ revision: string }[]>('SELECT revision FROM profiles_seen');
  return Number(row?.revision ?? 0);
};

/** False when another replica was faster: nothing of this is kept. */
const keep = (database: Database, { since, revision, profiles }: Changes): Promise<boolean> =>
  database.transaction(async (manager) => {
    const [moved] = await manager.query<[unknown[], number]>(
      'UPDATE profiles_seen SET revision = $2 WHERE revision = $1 RETURNING 1',
      [since, revision],
    );
    if (moved.length === 0) return false;
    // A smaller revision than was asked for: the profiles come from a backup, and the answer begins with the first.
    if (revision < since) await manager.query('DELETE FROM profile_retention');
    for (const { id, retentionDays } of profiles)
      if (retentionDays === null)
        await manager.query('DELETE FROM profile_retention WHERE business_id = $1', [id]);
      else
        await manager.query(
          `INSERT INTO profile_retention (business_id, days) VALUES ($1, $2)
           ON CONFLICT (business_id) DO UPDATE SET days = excluded.days`,
          [id, retentionDays],
        );
    return true;
  });
