import { type EntityManager } from 'typeorm';

interface Claim {
  key: string;
  owner: string;
  leaseMs: number;
}

/** Takes the right to synthesize a key, unless somebody holds it whose lease still runs. */
export const claimSynthesis = async (
  manager: EntityManager,
  { key, businessId, owner, leaseMs }: Claim & { businessId: string },
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO synthesis_claims AS claim (key, business_id, owner, expires_at)
     VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
     ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
     WHERE claim.expires_at < clock_timestamp()
     RETURNING 1`,
    [key, businessId, owner, leaseMs],
  );
  return rows.length > 0;
};

export const renewClaim = async (
  manager: EntityManager,
  { key, owner, leaseMs }: Claim,
): Promise<boolean> => {
  const [, count] = await manager.query<[unknown, number]>(
    `UPDATE synthesis_claims SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
     WHERE key = $1 AND owner = $2`,
    [key, owner, leaseMs],
  );
  return count > 0;
};

/** Ends a claim in the transaction that stores its result; false when it is no longer this owner's. */
export const finishClaim = async (manager: EntityManager, key: string, owner: string): Promise<boolean> => {
  const [, count] = await manager.query<[unknown, number]>(
    'DELETE FROM synthesis_claims WHERE key = $1 AND owner = $2',
    [key, owner],
  );
  return count > 0;
};

export const releaseClaim = async (manager: EntityManager, key: string, owner: string): Promise<void> => {
  await finishClaim(manager, key, owner);
};
