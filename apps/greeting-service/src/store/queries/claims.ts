import { type EntityManager } from 'typeorm';

interface Claim {
  key: string;
  owner: string;
  leaseMs: number;
}

/** Takes the right to synthesize a key, unless somebody holds it whose lease still runs. */
export const claimSynthesis = async (
  manager: EntityManager,
  { key, businessId, owner, leaseMs, address }: Claim & { businessId: string; address: string | null },
): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO synthesis_claims AS claim (key, business_id, owner, expires_at, address)
     VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', $5)
     ON CONFLICT (key) DO UPDATE
     SET owner = excluded.owner, expires_at = excluded.expires_at, address = excluded.address
     WHERE claim.expires_at < clock_timestamp()
     RETURNING 1`,
    [key, businessId, owner, leaseMs, address],
  );
  return rows.length > 0;
};

/** Where the holder of a claim whose lease runs is reached; null when there is none, or it did not say. */
export const findClaimAddress = async (manager: EntityManager, key: string): Promise<string | null> => {
  const [row] = await manager.query<{ address: string | null }[]>(
    'SELECT address FROM synthesis_claims WHERE key = $1 AND expires_at >= clock_timestamp()',
    [key],
  );
  return row?.address ?? null;
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
