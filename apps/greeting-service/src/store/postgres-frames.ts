import { type Database } from '@frontdesk/persistence';
import { frameCount, type Frames, type FramesRequest, type Provenance } from '../cache/frames';
import { type FramesStore } from '../cache/frames-store';
import { FramesEntity } from './entities/frames';
import { claimSynthesis, finishClaim, releaseClaim, renewClaim } from './queries/claims';

/** The durable level in Postgres. Times of leases are the database's own, so that replicas' clocks do not matter. */
export class PostgresFrames implements FramesStore {
  constructor(
    private readonly database: Database,
    private readonly provenance: Provenance,
    private readonly options: {
      leaseMs: number;
      /** Told in the transaction that stored a business's greeting. */
      onGreetingStored?: (manager: Database['dataSource']['manager'], businessId: string) => Promise<void>;
    },
  ) {}

  async load(key: string): Promise<Frames | null> {
    const row = await this.manager.findOneBy(FramesEntity, { key, ...this.provenance });
    return row && { key, businessId: row.businessId, pool: row.pool, mulaw: row.mulaw };
  }

  async missing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const { provider, model, pipelineVersion } = this.provenance;
    const rows = await this.manager.query<{ key: string }[]>(
      `SELECT key FROM unnest($1::text[]) AS wanted (key)
       WHERE NOT EXISTS (SELECT 1 FROM frames WHERE frames.key = wanted.key
                         AND provider = $2 AND model = $3 AND pipeline_version = $4)`,
      [keys, provider, model, pipelineVersion],
    );
    return new Set(rows.map(({ key }) => key));
  }

  claim(request: FramesRequest, owner: string): Promise<boolean> {
    return claimSynthesis(this.manager, { ...request, owner, leaseMs: this.options.leaseMs });
  }

  renew(key: string, owner: string): Promise<boolean> {
    return renewClaim(this.manager, { key, owner, leaseMs: this.options.leaseMs });
  }

  release(key: string, owner: string): Promise<void> {
    return releaseClaim(this.manager, key, owner);
  }

  complete(request: FramesRequest, mulaw: Buffer, owner: string): Promise<boolean> {
    const { key, businessId, pool, locale, voice, text } = request;
    return this.database.transaction(async (manager) => {
      if (!(await finishClaim(manager, key, owner))) return false;
      const frames = { key, businessId, pool, locale, voice, text, mulaw, frameCount: frameCount({ mulaw }) };
      await manager.upsert(FramesEntity, { ...frames, ...this.provenance }, ['key']);
      if (pool === 'greeting') await this.options.onGreetingStored?.(manager, businessId);
      return true;
    });
  }

  private get manager(): Database['dataSource']['manager'] {
    return this.database.dataSource.manager;
  }
}
