import { recordingEndpoints } from '@frontdesk/contracts';
import { HttpService, ServiceClient } from '@frontdesk/http';
import { connectKafka, OutboxRelay } from '@frontdesk/messaging';
import { createLogger, type Logger, Metrics } from '@frontdesk/observability';
import { Database, isConnectionError, PostgresOutboxStore } from '@frontdesk/persistence';
import { DisposalStack } from '@frontdesk/runtime';
import { createOpenAiTranscriber, type Transcriber } from '@frontdesk/speech';
import { createTwilioAccounts, publicUrlOf, type TwilioAccounts, webhookGuard } from '@frontdesk/telephony';
import { consumeCallEvents } from './call-log/call-events-consumer';
import { formatsOf, type RecordingConfig } from './config/config';
import { consumedTopics, Consumers } from './consumers';
import { CallEraser } from './deletion/delete-call';
import { knownStems } from './deletion/known-stems';
import { recordingEvents } from './events';
import { RecordingFiles } from './files/recording-files';
import { SharedStore } from './files/shared-store';
import { type Parts } from './parts';
import { type ApplyOptions } from './recording/apply-report';
import { RecordingStarter } from './recording/start-recording';
import { discoverCalls } from './reconcile/discover-calls';
import { Reconciler } from './reconcile/reconciler';
import { oldCallsRefresh } from './reconcile/refresh-old-calls';
import { ProfileRetention } from './retention/profile-retention';
import { RetentionJob } from './retention/retention-job';
import { serveRoutes } from './routes';
import { PostgresTurns } from './store/download-turns';
import { entities } from './store/entities';
import { keepFile } from './store/queries/keep-file';
import { migrations } from './store/migrations';
import { RetryScheduler } from './transcription/retry-scheduler';
import { TranscriptionWorker } from './transcription/transcription-worker';

export const SERVICE = 'recording-service';
export const SCHEMA = 'recording';
/** How late a put-off try may be. */
const RETRY_POLL_MS = 500;
const DAY_MS = 24 * 60 * 60_000;

/** What a test may replace. */
export interface RecordingOverrides {
  logger?: Logger;
  transcriber?: Transcriber;
  accounts?: TwilioAccounts;
}

/** The running service: call log, recordings, transcripts. */
export class RecordingService implements AsyncDisposable {
  private constructor(
    readonly port: number,
    private readonly held: DisposalStack,
  ) {}

  static async start(config: RecordingConfig, overrides: RecordingOverrides = {}): Promise<RecordingService> {
    const logger = overrides.logger ?? createLogger({ service: SERVICE, level: config.logLevel });
    const held = new DisposalStack((name, error) =>
      logger.error(recordingEvents.releaseFailed, { name, error }),
    );
    try {
      const http = await assemble(config, { ...overrides, logger }, held);
      return new RecordingService(http.port, held);
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
  config: RecordingConfig,
  overrides: RecordingOverrides & { logger: Logger },
  held: DisposalStack,
): Promise<HttpService> => {
  const { logger } = overrides;
  const metrics = new Metrics();
  const { databaseUrl: url, kafkaBrokers: brokers } = config;
  const database = held.use(
    'database',
    await Database.connect({ url, schema: SCHEMA, entities, migrations, logger }),
  );
  const bus = held.use('bus', await connectKafka({ brokers, clientId: SERVICE, logger, metrics }));
  held.use('relay', OutboxRelay.start({ store: new PostgresOutboxStore(database), bus, logger, metrics }));

  const parts = await createParts(config, overrides, database, metrics);
  const { apply, files } = parts;
  const accounts = accountsOf(config, overrides);
  const { reconcileIntervalMs: intervalMs } = config;
  const greetings = held.use(
    'greeting-service',
    new ServiceClient({
      baseUrl: config.greetingServiceUrl,
      audience: 'greeting-service',
      subject: SERVICE,
      secrets: config.internalApiTokens,
    }),
  );
  held.use(
    'reconciler',
    Reconciler.start({
      database,
      accounts,
      chores: choresOf(parts, accounts, new ProfileRetention({ database, greetings })),
      apply,
      intervalMs,
      logger,
      metrics,
    }),
  );
  const transcriber = overrides.transcriber ?? transcriberOf(config);
  const consumers = held.use(
    'consumers',
    new Consumers(database, bus, logger, (onCrash) => [
      consumeCallEvents(bus, database, { reconcileAfterMs: config.reconcileAfterMs, onCrash }),
      new TranscriptionWorker({
        database,
        files,
        transcriber,
        logger,
        metrics,
        concurrency: config.transcriptionConcurrency,
        onCrash,
      }).subscribe(bus),
    ]),
  );
  const { localeDefault } = config;
  held.use('retries', RetryScheduler.start({ database, localeDefault, intervalMs: RETRY_POLL_MS, logger }));
  const http = await HttpService.listen({
    name: SERVICE,
    host: config.host,
    port: config.port,
    logger,
    metrics,
    trustProxy: config.trustProxy,
    drainMs: config.drainTimeoutMs,
    readiness: {
      database: () => database.ping(),
      migrations: () => database.assertMigrated(),
      topics: () => bus.checkTopics(consumedTopics),
      consumers: () => consumers.assertRunning(),
    },
    liveness: { consumers: () => consumers.assertAlive() },
    bearer: { secrets: config.internalApiTokens, audience: SERVICE },
    isOutage: isConnectionError,
    webhookGuard: webhookGuard({
      authTokens: config.twilioAuthTokens,
      publicUrl: config.publicUrl,
      validate: config.validateSignature,
    }),
    openapi: { title: 'Frontdesk recording-service', endpoints: recordingEndpoints },
    routes: (router) => serveRoutes(router, parts),
  });
  return held.use('http', http);
};

/** What is done beside reconciling, each round. */
const choresOf = (
  { database, eraser, files, apply, logger }: Parts,
  accounts: TwilioAccounts,
  profiles: ProfileRetention,
): Record<string, () => Promise<unknown>> => {
  const followProfiles = (): Promise<void> => profiles.follow();
  const retention = new RetentionJob({ database, eraser, followProfiles, logger });
  const { reconcileAfterMs } = apply;
  return {
    'deletions not finished': () => eraser.retryPending(),
    retention: () => retention.runOnce(),
    'files of deleted calls': () => files.sweep((stems) => knownStems(database.dataSource.manager, stems)),
    'calls of earlier releases': oldCallsRefresh(database, reconcileAfterMs),
    'calls nobody told of': () => discoverCalls({ database, accounts, reconcileAfterMs, logger }),
  };
};

/** What the routes and the operators' scripts work with. */
export const createParts = async (
  config: RecordingConfig,
  overrides: RecordingOverrides & { logger: Logger },
  database: Database,
  metrics: Metrics,
): Promise<Parts> => {
  const { logger } = overrides;
  const accounts = accountsOf(config, overrides);
  const apply: ApplyOptions = {
    localeDefault: config.localeDefault,
    reconcileAfterMs: config.reconcileAfterMs,
  };
  const files = await RecordingFiles.open({
    folder: config.cacheFolder,
    maxBytes: config.cacheMaxBytes,
    maxAgeMs: config.cacheMaxAgeDays * DAY_MS,
    maxRecordingBytes: config.maxRecordingBytes,
    formats: formatsOf(config),
    apiBaseUrl: config.twilioApiBaseUrl,
    defaultAccountSid: config.twilioAccountSid,
    authTokenOf: (accountSid) =>
      accountSid === config.twilioAccountSid ? config.twilioAuthTokens[0] : undefined,
    store: storeOf(config),
    turns: new PostgresTurns(database),
    onFile: (recordingSid, file, source) =>
      keepFile(database.dataSource.manager, recordingSid, file.checksum, source),
    logger,
    metrics,
  });
  const statusCallbackUrl = publicUrlOf(config).http('/webhook/recording_status');
  return {
    database,
    files,
    apply,
    logger,
    starter: new RecordingStarter({ database, accounts, statusCallbackUrl, apply, logger }),
    eraser: new CallEraser({ database, accounts, files, logger }),
  };
};

const storeOf = (config: RecordingConfig): SharedStore | undefined => {
  const { storeUrl, storeRegion: region, storeAccessKeyId, storeSecretAccessKey } = config;
  if (!storeUrl || !storeAccessKeyId || !storeSecretAccessKey) return undefined;
  return new SharedStore({
    url: storeUrl,
    region,
    accessKeyId: storeAccessKeyId,
    secretAccessKey: storeSecretAccessKey,
  });
};

export const accountsOf = (config: RecordingConfig, overrides: RecordingOverrides): TwilioAccounts =>
  overrides.accounts ??
  createTwilioAccounts([
    {
      accountSid: config.twilioAccountSid,
      authToken: config.twilioAuthTokens[0] as string,
      baseUrl: config.twilioApiBaseUrl,
    },
  ]);

const transcriberOf = (config: RecordingConfig): Transcriber =>
  createOpenAiTranscriber({
    apiKey: config.openAiApiKey,
    baseUrl: config.openAiBaseUrl,
    model: config.transcriptionModel,
  });
