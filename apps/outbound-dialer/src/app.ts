import { dialerEndpoints, topics } from '@frontdesk/contracts';
import { type HttpService, type RunningService, type ServiceParts, startService } from '@frontdesk/http';
import { connectKafka, OutboxRelay } from '@frontdesk/messaging';
import { type Logger } from '@frontdesk/observability';
import { Database, isConnectionError, PostgresOutboxStore } from '@frontdesk/persistence';
import {
  createTwilioAccounts,
  publicUrlOf,
  signatureOptionsOf,
  twilioAccountOf,
  type TwilioAccounts,
  webhookGuard,
} from '@frontdesk/telephony';
import { type DialerConfig } from './config';
import { DialerEvents } from './events';
import { serveRoutes } from './routes';
import { migrations } from './store/migrations';
import { Worker, workerTopics } from './worker';

export const SERVICE = 'outbound-dialer';
export const SCHEMA = 'dialer';

/** What a test may replace. */
export interface DialerOverrides {
  logger?: Logger;
  accounts?: TwilioAccounts;
}

/** The service: the API, the status webhook and the outbox relay; with the worker role also what dials. */
export const startOutboundDialer = (
  config: DialerConfig,
  overrides: DialerOverrides = {},
): Promise<RunningService> =>
  startService(SERVICE, config, (parts) => assemble(config, overrides, parts), overrides);

const assemble = async (
  config: DialerConfig,
  overrides: DialerOverrides,
  parts: ServiceParts,
): Promise<HttpService> => {
  const { logger, metrics, held, listen } = parts;
  const events = new DialerEvents(logger, metrics);
  const { databaseUrl: url, databasePoolSize: poolSize } = config;
  const database = held.use(
    'database',
    await Database.connect({ url, schema: SCHEMA, entities: [], migrations, logger, poolSize }),
  );
  const kafka = { brokers: config.kafkaBrokers, clientId: SERVICE, logger, metrics };
  const bus = held.use('bus', await connectKafka(kafka));
  held.use('relay', OutboxRelay.start({ store: new PostgresOutboxStore(database), bus, logger, metrics }));
  const worker =
    config.role === 'api'
      ? undefined
      : held.use('worker', newWorker(config, { ...overrides, database, bus, events, client: parts.client }));

  return listen({
    readiness: {
      database: () => database.ping(),
      migrations: () => database.assertMigrated(),
      topics: () => bus.checkTopics(worker ? workerTopics : [topics.dialJobs, topics.dialEvents]),
      ...(worker && { worker: () => worker.assertWorking() }),
    },
    liveness: worker ? { consumers: () => worker.assertAlive() } : {},
    isOutage: isConnectionError,
    webhookGuard: webhookGuard(signatureOptionsOf(config)),
    drainMs: config.drainTimeoutMs,
    openapi: { title: 'Frontdesk outbound-dialer', endpoints: dialerEndpoints },
    routes: (router) =>
      serveRoutes(router, { ...config, database, events, accountSid: config.twilioAccountSid }),
  });
};

const newWorker = (
  config: DialerConfig,
  parts: Pick<ConstructorParameters<typeof Worker>[0], 'database' | 'bus' | 'events'> &
    Pick<DialerOverrides, 'accounts'> &
    Pick<ServiceParts, 'client'>,
): Worker => {
  const accounts =
    parts.accounts ??
    createTwilioAccounts([{ ...twilioAccountOf(config), timeoutMs: config.twilioTimeoutMs }]);
  const greeting = parts.client('greeting-service', config.greetingServiceUrl);
  const gateway = parts.client('media-gateway', config.mediaGatewayUrl);
  return new Worker({ ...parts, accounts, greeting, gateway, publicUrl: publicUrlOf(config), config });
};
