import { type Database } from '@frontdesk/persistence';
import { In } from 'typeorm';
import { type MadeFrames } from '../cache/claimed-synthesis';
import { frameCount, type Frames, type FramesRequest, type Provenance } from '../cache/frames';
import { type FramesStore } from '../cache/frames-store';
import { FramesEntity } from './entities/frames';
import { touchCampaignFrames } from './queries/campaign-frames';
import { claimSynthesis, finishClaim, releaseClaim, renewClaim } from './queries/claims';
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
    const { providers, pipelineVersion } = this.provenance;
    const rows = await this.manager.findBy(
      FramesEntity,
      providers.map((provider) => ({ key: In([...keys]), pipelineVersion, ...provider })),
    );
    const openings = rows.filter(({ pool }) => pool === 'campaign').map(({ key }) => key);
    if (openings.length > 0) await touchCampaignFrames(this.manager, openings);
    return rows.map(({ key, businessId, pool, mulaw, provider, model }) => ({
      key,
      businessId,
      pool,
      mulaw,
      provider,
      model,
    }));
  }

  async missing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.manager.query<{ key: string }[]>(
      `SELECT key FROM unnest($1::text[]) AS wanted (key)
       WHERE NOT EXISTS (SELECT 1 FROM frames WHERE frames.key = wanted.key AND pipeline_version = $3
                         AND provider || '/' || model = ANY($2))`,
      [keys, this.current.provenances, this.current.pipelineVersion],
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

  complete(request: FramesRequest, made: MadeFrames, owner: string): Promise<boolean> {
    const { key, businessId, pool, locale, voice, text } = request;
    return this.database.transaction(async (manager) => {
      if (!(await finishClaim(manager, key, owner))) return false;
      const asked = { key, businessId, pool, locale, voice, text };
      const { pipelineVersion } = this.provenance;
      const now = new Date();
      await manager.upsert(
        FramesEntity,
        { ...asked, ...made, frameCount: frameCount(made), pipelineVersion, createdAt: now, usedAt: now },
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
