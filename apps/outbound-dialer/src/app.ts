import { dialerEndpoints, type ServiceName, topics } from '@frontdesk/contracts';
import { HttpService, ServiceClient } from '@frontdesk/http';
import { connectKafka, OutboxRelay } from '@frontdesk/messaging';
import { createLogger, Metrics, type Logger } from '@frontdesk/observability';
import { Database, isConnectionError, PostgresOutboxStore } from '@frontdesk/persistence';
import { DisposalStack } from '@frontdesk/runtime';
import { createTwilioAccounts, publicUrlOf, webhookGuard, type TwilioAccounts } from '@frontdesk/telephony';
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

/** The running service: the API, the status webhook and the outbox relay; with the worker role also what dials. */
export class OutboundDialer implements AsyncDisposable {
  private constructor(
    readonly port: number,
    private readonly held: DisposalStack,
  ) {}

  static async start(config: DialerConfig, overrides: DialerOverrides = {}): Promise<OutboundDialer> {
    const logger = overrides.logger ?? createLogger({ service: SERVICE, level: config.logLevel });
    const held = new DisposalStack((name, error) => logger.error('RELEASE_FAILED', { name, error }));
    try {
      return new OutboundDialer(await assemble(config, { ...overrides, logger }, held), held);
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
  config: DialerConfig,
  overrides: DialerOverrides & { logger: Logger },
  held: DisposalStack,
): Promise<number> => {
  const { logger } = overrides;
  const metrics = new Metrics();
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
      : held.use('worker', newWorker(config, { ...overrides, database, bus, events, held }));

  const http = await HttpService.listen({
    name: SERVICE,
    host: config.host,
    port: config.port,
    logger,
    metrics,
    readiness: {
      database: () => database.ping(),
      migrations: () => database.assertMigrated(),
      topics: () => bus.checkTopics(worker ? workerTopics : [topics.dialJobs, topics.dialEvents]),
      ...(worker && { worker: () => worker.assertWorking() }),
    },
    liveness: worker ? { consumers: () => worker.assertAlive() } : {},
    bearer: { secrets: config.internalApiToken, audience: SERVICE },
    isOutage: isConnectionError,
    webhookGuard: webhookGuard({
      authTokens: config.twilioAuthTokens,
      publicUrl: config.publicUrl,
      validate: config.validateSignature,
    }),
    trustProxy: config.trustProxy,
    drainMs: config.drainTimeoutMs,
    openapi: { title: 'Frontdesk outbound-dialer', endpoints: dialerEndpoints },
    routes: (router) =>
      serveRoutes(router, { ...config, database, events, accountSid: config.twilioAccountSid }),
  });
  held.use('http', http);
  return http.port;
};

const newWorker = (
  config: DialerConfig,
  parts: Pick<ConstructorParameters<typeof Worker>[0], 'database' | 'bus' | 'events'> &
    DialerOverrides & { held: DisposalStack },
): Worker => {
  const accounts =
    parts.accounts ??
    createTwilioAccounts([
      {
        accountSid: config.twilioAccountSid,
        authToken: config.twilioAuthTokens[0]!,
        baseUrl: config.twilioApiBaseUrl,
        timeoutMs: config.twilioTimeoutMs,
      },
    ]);
  const client = (audience: ServiceName, baseUrl: string): ServiceClient =>
    parts.held.use(
      `${audience} client`,
      new ServiceClient({ baseUrl, audience, subject: SERVICE, secrets: config.internalApiToken }),
    );
  const greeting = client('greeting-service', config.greetingServiceUrl);
  const gateway = client('media-gateway', config.gatewayUrl);
  return new Worker({ ...parts, accounts, greeting, gateway, publicUrl: publicUrlOf(config), config });
};
