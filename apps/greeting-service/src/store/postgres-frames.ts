import { type Database } from '@frontdesk/persistence';
import { type MadeFrames } from '../cache/claimed-synthesis';
import { frameCount, type Frames, type FramesRequest, type Provenance } from '../cache/frames';
import { type FramesStore } from '../cache/frames-store';
import { FramesEntity } from './entities/frames';
import { touchCampaignFrames } from './queries/campaign-frames';
import { claimSynthesis, findClaimAddress, finishClaim, releaseClaim, renewClaim } from './queries/claims';
import { rowKeyOf, SPOKEN_KEY } from './queries/spoken-key';
import { forgetWanted, type CurrentFrames } from './queries/wanted-frames';

type Manager = Database['dataSource']['manager'];

/** The durable level in Postgres. Times of leases are the database's own, so that replicas' clocks do not matter. */
export class PostgresFrames implements FramesStore {
  readonly current: CurrentFrames;

  constructor(
    private readonly database: Database,
    private readonly provenance: Provenance,
    private readonly options: {
      leaseMs: number;
      /** Where the other replicas reach this one. */
      address?: string | undefined;
      /** Asked in the transaction that stores: whether the business says this now, and will until the commit. */
      isSaid?: (manager: Manager, request: FramesRequest) => Promise<boolean>;
      /** Told in the transaction that stored a business's greeting. */
      onGreetingStored?: (manager: Manager, businessId: string) => Promise<void>;
    },
  ) {
    const { providers, pipelineVersion } = provenance;
    const provenances = providers.map(({ provider, model }) => `${provider}/${model}`);
    this.current = { provenances, pipelineVersion };
  }

  async load(key: string): Promise<Frames | null> {
    const [found] = await this.loadMany([key]);
    return found ?? null;
  }

  async loadMany(keys: readonly string[]): Promise<Frames[]> {
    const { provenances, pipelineVersion } = this.current;
    const rows = await this.manager.query<Frames[]>(
      `SELECT ${SPOKEN_KEY} AS key, business_id AS "businessId", pool, mulaw, provider, model FROM frames
       WHERE ${SPOKEN_KEY} = ANY($1) AND pipeline_version = $3 AND provider || '/' || model = ANY($2)
       ORDER BY array_position($2::text[], provider || '/' || model)`,
      [keys, provenances, pipelineVersion],
    );
    // Of several makers the first in the order in which they are asked.
    const found = new Map<string, Frames>();
    for (const row of rows) if (!found.has(row.key)) found.set(row.key, row);
    const openings = [...found.values()].filter(({ pool }) => pool === 'campaign').map(({ key }) => key);
    if (openings.length > 0) await touchCampaignFrames(this.manager, openings);
    return [...found.values()];
  }

  async missing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.manager.query<{ key: string }[]>(
      `SELECT key FROM unnest($1::text[]) AS wanted (key)
       WHERE NOT EXISTS (SELECT 1 FROM frames WHERE ${SPOKEN_KEY} = wanted.key AND pipeline_version = $3
                         AND provider || '/' || model = ANY($2))`,
      [keys, this.current.provenances, this.current.pipelineVersion],
    );
    return new Set(rows.map(({ key }) => key));
  }

  claim(request: FramesRequest, owner: string): Promise<boolean> {
    const { leaseMs, address = null } = this.options;
    return claimSynthesis(this.manager, { ...request, owner, leaseMs, address });
  }

  claimedAt(key: string): Promise<string | null> {
    return findClaimAddress(this.manager, key);
  }

  renew(key: string, owner: string): Promise<boolean> {
    return renewClaim(this.manager, { key, owner, leaseMs: this.options.leaseMs });
  }

  release(key: string, owner: string): Promise<void> {
    return releaseClaim(this.manager, key, owner);
  }

  complete(request: FramesRequest, made: MadeFrames, owner: string): Promise<boolean> {
    const { key, businessId, pool, locale, voice, text } = request;
    return this.database.transaction(async (manager) => {
      if ((await this.options.isSaid?.(manager, request)) === false) return false;
      if (!(await finishClaim(manager, key, owner))) return false;
      const { pipelineVersion } = this.provenance;
      const asked = { businessId, pool, locale, voice, text, spokenKey: key };
      const row = { key: rowKeyOf({ key, ...made }, pipelineVersion), ...asked, ...made };
      const now = new Date();
      await manager.upsert(
        FramesEntity,
        { ...row, frameCount: frameCount(made), pipelineVersion, createdAt: now, usedAt: now },
        ['key'],
      );
      await forgetWanted(manager, key);
      if (pool === 'greeting') await this.options.onGreetingStored?.(manager, businessId);
      return true;
    });
  }

  private get manager(): Manager {
    return this.database.dataSource.manager;
  }
}
