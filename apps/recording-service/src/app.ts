import { recordingEndpoints } from '@frontdesk/contracts';
import { type HttpService, type RunningService, type ServiceParts, startService } from '@frontdesk/http';
import { connectKafka, OutboxRelay } from '@frontdesk/messaging';
import { type Logger, type Metrics } from '@frontdesk/observability';
import { Database, isConnectionError, PostgresOutboxStore } from '@frontdesk/persistence';
import { createOpenAiTranscriber, type Transcriber } from '@frontdesk/speech';
import {
  createTwilioAccounts,
  publicUrlOf,
  signatureOptionsOf,
  twilioAccountOf,
  type TwilioAccounts,
  webhookGuard,
} from '@frontdesk/telephony';
import { consumeCallEvents } from './call-log/call-events-consumer';
import { formatsOf, type RecordingConfig } from './config/config';
import { consumedTopics, Consumers } from './consumers';
import { CallEraser } from './deletion/delete-call';
import { knownStems } from './deletion/known-stems';
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
import { clearLapsedTurns, PostgresTurns } from './store/download-turns';
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

/** The service: call log, recordings, transcripts. */
export const startRecordingService = (
  config: RecordingConfig,
  overrides: RecordingOverrides = {},
): Promise<RunningService> =>
  startService(SERVICE, config, (parts) => assemble(config, overrides, parts), overrides);

const assemble = async (
  config: RecordingConfig,
  overrides: RecordingOverrides,
  { logger, metrics, held, client, listen }: ServiceParts,
): Promise<HttpService> => {
  const { databaseUrl: url, databasePoolSize: poolSize, kafkaBrokers: brokers } = config;
  const database = held.use(
    'database',
    await Database.connect({ url, schema: SCHEMA, entities, migrations, logger, poolSize }),
  );
  const bus = held.use('bus', await connectKafka({ brokers, clientId: SERVICE, logger, metrics }));
  held.use('relay', OutboxRelay.start({ store: new PostgresOutboxStore(database), bus, logger, metrics }));

  const parts = await createParts(config, { ...overrides, logger }, database, metrics);
  const { apply, files } = parts;
  const accounts = accountsOf(config, overrides);
  const { reconcileIntervalMs: intervalMs } = config;
  const greetings = client('greeting-service', config.greetingServiceUrl);
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
  return listen({
    drainMs: config.drainTimeoutMs,
    readiness: {
      database: () => database.ping(),
      migrations: () => database.assertMigrated(),
      topics: () => bus.checkTopics(consumedTopics),
      consumers: () => consumers.assertRunning(),
    },
    liveness: { consumers: () => consumers.assertAlive() },
    isOutage: isConnectionError,
    webhookGuard: webhookGuard(signatureOptionsOf(config)),
    openapi: { title: 'Frontdesk recording-service', endpoints: recordingEndpoints },
    routes: (router) => serveRoutes(router, parts),
  });
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
    'turns of dead replicas': () => clearLapsedTurns(database),
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
  overrides.accounts ?? createTwilioAccounts([twilioAccountOf(config)]);

const transcriberOf = (config: RecordingConfig): Transcriber =>
  createOpenAiTranscriber({
    apiKey: config.openAiApiKey,
    baseUrl: config.openAiBaseUrl,
    model: config.openAiSttModel,
  });
