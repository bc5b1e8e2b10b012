import { randomUUID } from 'node:crypto';
import {
  greetingEndpoints,
  greetingFramesEndpoints,
  greetingProfilesEndpoints,
  topics,
} from '@frontdesk/contracts';
import { type HttpService, type RunningService, type ServiceParts, startService } from '@frontdesk/http';
import { connectKafka, OutboxRelay, type MessageBus } from '@frontdesk/messaging';
import { type Logger } from '@frontdesk/observability';
import { Database, isConnectionError, PostgresOutboxStore } from '@frontdesk/persistence';
import { CampaignGate } from './cache/campaign-gate';
import { defaultLeaseTimes } from './cache/frames-store';
import { FramesCache } from './cache/frames-cache';
import { MemoryFrames } from './cache/memory-frames';
import { type GreetingConfig } from './config';
import { GreetingEvents } from './events';
import { invalidateFrames } from './profiles/invalidate';
import { isStillSaid } from './profiles/still-said';
import { announceFrames } from './profiles/profile-changed';
import { type ProfileDefaults } from './profiles/profile-shape';
import { Profiles } from './profiles/profiles';
import { FramesMaker } from './providers/frames-maker';
import { Neighbours } from './providers/neighbours';
import { createProviders, type SpeechProvider } from './providers/provider';
import { serveRoutes } from './routes';
import { entities } from './store/entities';
import { migrations } from './store/migrations';
import { PostgresFrames } from './store/postgres-frames';
import { statisticsOf } from './statistics';
import { startPruning } from './warm/campaign-pruning';
import { startWarming } from './warm/start-warming';

export const SERVICE = 'greeting-service';
export const SCHEMA = 'greeting';

/** What a test may replace. */
export interface GreetingOverrides {
  logger?: Logger;
  bus?: MessageBus;
  providers?: SpeechProvider[];
}

/** The service: profiles and frames over HTTP, warming in the background, the outbox relay. */
export const startGreetingService = (
  config: GreetingConfig,
  overrides: GreetingOverrides = {},
): Promise<RunningService> =>
  startService(SERVICE, config, (parts) => assemble(config, overrides, parts), overrides);

const assemble = async (
  config: GreetingConfig,
  overrides: GreetingOverrides,
  { logger, metrics, held, listen }: ServiceParts,
): Promise<HttpService> => {
  const events = new GreetingEvents(logger, metrics);
  const providers = overrides.providers ?? (await createProviders(config));
  const maker = new FramesMaker(providers, events, config.voiceDefault);
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

  const defaults: ProfileDefaults = {
    locale: config.localeDefault,
    voice: config.voiceDefault,
    voices: providers[0]!.voices,
  };
  const memory = memoryOf(config, events);
  const store = new PostgresFrames(database, maker.provenance, {
    leaseMs: defaultLeaseTimes.leaseMs,
    address: config.internalUrl,
    isSaid: (manager, request) => isStillSaid(manager, request, defaults),
    onGreetingStored: announceFrames,
  });
  const neighbours = held.use(
    'neighbours',
    new Neighbours({
      subject: SERVICE,
      secrets: config.internalApiTokens,
      timeoutMs: config.ttsTimeoutMs * providers.length,
    }),
  );
  const gate = new CampaignGate(config.campaignPerMinute);
  const cache = new FramesCache(
    memory,
    {
      store,
      make: maker.make,
      owner: randomUUID(),
      times: defaultLeaseTimes,
      admit: (request, signal) => gate.admit(request, signal),
      listenTo: neighbours.listenTo,
    },
    events,
  );
  const warming = held.use(
    'warming',
    startWarming({ database, memory, store, current: store.current, cache, events, defaults, ...config }),
  );
  const pruning = startPruning({ database, events, current: store.current, ...config });
  held.defer('pruning', () => pruning[Symbol.dispose]());
  // Each change of a profile writes to the outbox: its wake-up reaches every replica with the commit, before gateways hear.
  held.use('wake-up', await outbox.listen(() => warming.poke()));
  const profiles = new Profiles(database, defaults, events, () => warming.poke());
  return listen({
    readiness: {
      database: () => database.ping(),
      migrations: () => database.assertMigrated(),
      topics: () => bus.checkTopics([topics.profileEvents]),
    },
    isOutage: isConnectionError,
    openapi: { title: 'Frontdesk greeting-service', endpoints },
    routes: (router) =>
      serveRoutes(router, {
        database,
        profiles,
        cache,
        current: store.current,
        events,
        statistics: () => statisticsOf({ database, memory, cache, events, maker, warming }),
        poke: () => warming.poke(),
        invalidate: async (what) => {
          const removed = await invalidateFrames({ database, memory }, what);
          events.invalidated(what.businessId, removed);
          warming.poke();
          return removed;
        },
      }),
  });
};

const endpoints = [...greetingEndpoints, ...greetingFramesEndpoints, ...greetingProfilesEndpoints];

const memoryOf = (config: GreetingConfig, events: GreetingEvents): MemoryFrames =>
  new MemoryFrames(
    { greeting: config.greetingCacheMax, phrase: config.phraseCacheMax, campaign: config.campaignCacheMax },
    (pool) => events.evicted(pool),
  );
