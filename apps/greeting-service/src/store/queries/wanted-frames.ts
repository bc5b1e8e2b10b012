import { type EntityManager } from 'typeorm';
import { type FramesRequest } from '../../cache/frames';
import { SPOKEN_KEY } from './spoken-key';

/** One look takes so many; the next ones come with the next look. */
const TAKE = 200;
/** Who has not asked again for so long does not want it any more. */
const FORGET_AFTER = '7 days';

interface WantedRow {
  key: string;
  business_id: string;
  pool: FramesRequest['pool'];
  locale: string;
  voice: string;
  text: string;
}

const requestOf = ({ business_id: businessId, ...row }: WantedRow): FramesRequest => ({ ...row, businessId });

/**
 * Keeps what somebody asked for until its frames exist, so that it is synthesized whatever becomes of the replica that was
 * asked. Of what exists already nothing is kept, nor of a business that does not exist (any more). Returns the keys that
 * are wanted now.
 */
export const wantFrames = async (
  manager: EntityManager,
  requests: readonly FramesRequest[],
  { provenances, pipelineVersion }: CurrentFrames,
): Promise<Set<string>> => {
  const rows = await manager.query<{ key: string }[]>(
    `WITH asked AS (SELECT * FROM jsonb_to_recordset($1::jsonb)
                      AS asked (key text, "businessId" uuid, pool text, locale text, voice text, text text)),
          alive AS (SELECT id FROM profiles WHERE id IN (SELECT "businessId" FROM asked) AND deleted_at IS NULL
                    FOR SHARE)
     INSERT INTO wanted_frames AS wanted (key, business_id, pool, locale, voice, text)
     SELECT DISTINCT ON (asked.key) asked.key, asked."businessId", asked.pool, asked.locale, asked.voice, asked.text
     FROM asked JOIN alive ON alive.id = asked."businessId"
     WHERE NOT EXISTS (SELECT 1 FROM frames WHERE ${SPOKEN_KEY} = asked.key AND pipeline_version = $3
                       AND provider || '/' || model = ANY($2))
     ON CONFLICT (key) DO UPDATE SET asked_at = now()
     RETURNING key`,
    [JSON.stringify(requests), provenances, pipelineVersion],
  );
  return new Set(rows.map(({ key }) => key));
};

/** Which frames count: `provider/model` of each provider, and the pipeline. */
export interface CurrentFrames {
  readonly provenances: readonly string[];
  readonly pipelineVersion: number;
}

/**
 * The oldest of what is wanted, but for what is in hand already: else those that fail would keep all others waiting. What
 * exists meanwhile (it was asked for in the moment in which it was stored) is forgotten.
 */
export const findWanted = async (
  manager: EntityManager,
  { provenances, pipelineVersion }: CurrentFrames,
  inHand: readonly string[] = [],
): Promise<FramesRequest[]> => {
  const rows = await manager.query<(WantedRow & { exists: boolean })[]>(
    `SELECT key, business_id, pool, locale, voice, text,
            EXISTS (SELECT 1 FROM frames WHERE ${SPOKEN_KEY} = wanted.key AND pipeline_version = $2
                    AND provider || '/' || model = ANY($1)) AS exists
     FROM wanted_frames AS wanted
     WHERE key <> ALL($3::text[])
       AND EXISTS (SELECT 1 FROM profiles WHERE id = wanted.business_id AND deleted_at IS NULL)
     ORDER BY asked_at, key LIMIT ${TAKE}`,
    [provenances, pipelineVersion, inHand],
  );
  const satisfied = rows.filter(({ exists }) => exists).map(({ key }) => key);
  if (satisfied.length > 0) await manager.query('DELETE FROM wanted_frames WHERE key = ANY($1)', [satisfied]);
  return rows.filter(({ exists }) => !exists).map(({ exists: _exists, ...row }) => requestOf(row));
};

/** One that is wanted, by its key. */
export const findWantedByKey = async (
  manager: EntityManager,
  key: string,
  businessId: string,
): Promise<FramesRequest | null> => {
  const [row] = await manager.query<WantedRow[]>(
    `SELECT key, business_id, pool, locale, voice, text FROM wanted_frames WHERE key = $1 AND business_id = $2`,
    [key, businessId],
  );
  return row ? requestOf(row) : null;
};

/** In the transaction that stored them, or for what can never be spoken. */
export const forgetWanted = async (manager: EntityManager, key: string): Promise<void> => {
  await manager.query('DELETE FROM wanted_frames WHERE key = $1', [key]);
};

export const forgetOldWanted = async (manager: EntityManager): Promise<void> => {
  await manager.query(`DELETE FROM wanted_frames WHERE asked_at < now() - interval '${FORGET_AFTER}'`);
};
