import { randomUUID } from 'node:crypto';
import { greetingEndpoints, topics } from '@frontdesk/contracts';
import { HttpService } from '@frontdesk/http';
import { connectKafka, OutboxRelay, type MessageBus } from '@frontdesk/messaging';
import { createLogger, Metrics, type Logger } from '@frontdesk/observability';
import { Database, PostgresOutboxStore } from '@frontdesk/persistence';
import { DisposalStack } from '@frontdesk/runtime';
import { defaultLeaseTimes } from './cache/frames-store';
import { FramesCache } from './cache/frames-cache';
import { MemoryFrames } from './cache/memory-frames';
import { type GreetingConfig } from './config';
import { GreetingEvents } from './events';
import { invalidateFrames } from './profiles/invalidate';
import { announceFrames } from './profiles/profile-changed';
import { type ProfileDefaults } from './profiles/profile-shape';
import { Profiles } from './profiles/profiles';
import { framesMaker, provenanceOf } from './providers/frames-maker';
import { createProvider, type SpeechProvider } from './providers/provider';
import { serveRoutes } from './routes';
import { entities } from './store/entities';
import { migrations } from './store/migrations';
import { PostgresFrames } from './store/postgres-frames';
import { startWarming } from './warm/start-warming';

export const SERVICE = 'greeting-service';
export const SCHEMA = 'greeting';

/** What a test may replace. */
export interface GreetingOverrides {
  logger?: Logger;
  bus?: MessageBus;
  provider?: SpeechProvider;
}

/** The running service: profiles and frames over HTTP, warming in the background, the outbox relay. */
export class GreetingService implements AsyncDisposable {
  private constructor(
    readonly port: number,
    private readonly held: DisposalStack,
  ) {}

  static async start(config: GreetingConfig, overrides: GreetingOverrides = {}): Promise<GreetingService> {
    const logger = overrides.logger ?? createLogger({ service: SERVICE, level: config.logLevel });
    const held = new DisposalStack((name, error) => logger.error('RELEASE_FAILED', { name, error }));
    try {
      return new GreetingService(await assemble(config, { ...overrides, logger }, held), held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }
}

const assemble = async (
  config: GreetingConfig,
  overrides: GreetingOverrides & { logger: Logger },
  held: DisposalStack,
): Promise<number> => {
  const { logger } = overrides;
  const metrics = new Metrics();
  const events = new GreetingEvents(logger, metrics);
  const provider = overrides.provider ?? (await createProvider(config));
  const { databaseUrl: url, databasePoolSize: poolSize } = config;
  const database = held.use(
    'database',
    await Database.connect({ url, schema: SCHEMA, entities, migrations, logger, poolSize }),
  );
  const bus =
    overrides.bus ??
    held.use('bus', await connectKafka({ brokers: config.kafkaBrokers, clientId: SERVICE, logger, metrics }));
  const outbox = new PostgresOutboxStore(database);
  held.use('relay', OutboxRelay.start({ store: outbox, bus, logger, metrics }));

  const memory = memoryOf(config, events);
  const store = new PostgresFrames(database, provenanceOf(provider), {
    leaseMs: defaultLeaseTimes.leaseMs,
    onGreetingStored: announceFrames,
  });
  const make = framesMaker(provider, events);
  const cache = new FramesCache(
    memory,
    { store, make, owner: randomUUID(), times: defaultLeaseTimes },
    events,
  );
  const defaults: ProfileDefaults = {
    locale: config.localeDefault,
    voice: config.voiceDefault,
    voices: provider.voices,
  };
  const warming = held.use(
    'warming',
    startWarming({ database, memory, store, cache, events, defaults, ...config }),
  );
  // Each change of a profile writes to the outbox: its wake-up reaches every replica with the commit, before gateways hear.
  held.use('wake-up', await outbox.listen(() => warming.poke()));
  const profiles = new Profiles(database, defaults, events, () => warming.poke());
  const http = await HttpService.listen({
    name: SERVICE,
    host: config.host,
    port: config.port,
    logger,
    metrics,
    readiness: {
      database: () => database.ping(),
      migrations: () => database.assertMigrated(),
      topics: () => bus.checkTopics([topics.profileEvents]),
    },
    bearer: { secrets: config.internalApiToken, audience: SERVICE },
    openapi: { title: 'Frontdesk greeting-service', endpoints: greetingEndpoints },
    routes: (router) =>
      serveRoutes(router, {
        database,
        profiles,
        cache,
        invalidate: async (what) => {
          const { removed, campaignRequests } = await invalidateFrames({ database, memory }, what);
          events.invalidated(what.businessId, removed);
          warming.poke(campaignRequests);
          return removed;
        },
      }),
  });
  held.use('http', http);
  return http.port;
};

const memoryOf = (config: GreetingConfig, events: GreetingEvents): MemoryFrames =>
  new MemoryFrames(
    { greeting: config.greetingCacheMax, phrase: config.phraseCacheMax, campaign: config.campaignCacheMax },
    (pool) => events.evicted(pool),
  );
