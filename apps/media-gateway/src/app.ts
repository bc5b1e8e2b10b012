import { randomBytes } from 'node:crypto';
import { gatewayEndpoints, listProfilesSince, profileChangedEvent, topics } from '@frontdesk/contracts';
import {
  type HttpService,
  PublicClient,
  type RunningService,
  type ServiceParts,
  startService,
} from '@frontdesk/http';
import { BoundedPublisher, connectKafka } from '@frontdesk/messaging';
import { type Logger } from '@frontdesk/observability';
import { systemClock, withTimeout } from '@frontdesk/runtime';
import { createOpenAiRealtime, type RealtimeModel } from '@frontdesk/speech';
import {
  createTwilioAccounts,
  isSignedUpgrade,
  signatureOptionsOf,
  StreamTokens,
  twilioAccountOf,
  webhookGuard,
} from '@frontdesk/telephony';
import { twilioCarrier } from './call/call-carrier';
import { pastLoader } from './call/past-loader';
import { recordingStarter } from './call/recording-starter';
import { type GatewayConfig } from './config';
import { drain } from './drain';
import { GatewayEvents } from './events';
import { LateBus } from './events/late-bus';
import { Gateway } from './gateway';
import { HandOver } from './hand-over';
import { GatewayPeers } from './peers/gateway-peers';
import { PublicOrigin } from './public-origin';
import { PlayoutClock } from './playout/playout-clock';
import { AttemptScripts } from './profiles/attempt-scripts';
import { loadDefaultProfile } from './profiles/default-profile';
import { FramesStore } from './profiles/frames-store';
import { greetingFrames } from './profiles/greeting-frames';
import { framesKeysOf, ProfileStore } from './profiles/profile-store';
import { AudioUrls } from './prompts/audio-urls';
import { serveRoutes } from './routes';
import { StreamAcceptor } from './streams/stream-acceptor';
import { StreamRegistry } from './streams/stream-registry';
import { serveStreams } from './streams/stream-server';
import { CallAnnouncer } from './calls/call-announcer';
import { CallUrls } from './calls/call-urls';
import { CallRedirector } from './watchdog/call-redirector';
import { StartWatch } from './watchdog/start-watch';

export const SERVICE = 'media-gateway';

/** Call events kept while Kafka is away: about an hour of a busy replica. */
const EVENTS_HELD = 50_000;
/** What 300 calls tell in this time, a dozen events, costs Kafka's client little more than one. */
const EVENTS_EVERY_MS = 100;
/** What depends on time passing in a call is looked at this often, for all calls by one timer. */
const BEAT_MS = 250;
/** Readiness waits so long for greeting-service, then works from what there is (IN7). */
const FIRST_PROFILES_MS = 10_000;
const FIRST_FRAMES_MS = 10_000;
const PROFILES_TIMEOUT_MS = 4000;
/** A business's tool: its host answers at all, and with no more than a model should read. */
const TOOL_CONNECT_TIMEOUT_MS = 3000;
const TOOL_ANSWER_BYTES = 64 * 1024;
/** Room kept for calls that are taken up from other replicas, of MAX_CALLS. */
const TAKEN_UP_SHARE = 0.1;
/** Twilio's webhooks, peers and other services at once. */
const WEBHOOK_CONNECTIONS = 2000;
const LATENESS_BUCKETS_MS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

/** For what is left after draining to be handed over, at most; see hand-over.ts and drain.ts. */
const HAND_OVER_MS = 35_000;

/** What a test may replace. */
export interface GatewayOverrides {
  logger?: Logger;
  model?: RealtimeModel;
}

/** The service: webhooks, media streams, and the calls on them. */
export const startMediaGateway = (
  config: GatewayConfig,
  overrides: GatewayOverrides = {},
): Promise<RunningService> =>
  startService(SERVICE, config, (parts) => assemble(config, overrides, parts), {
    ...overrides,
    // Draining takes as long as calls last, and has its own bound.
    releaseTimeoutMs: config.drainTimeoutMs + HAND_OVER_MS,
  });

const assemble = async (
  config: GatewayConfig,
  overrides: GatewayOverrides,
  { logger, metrics, held, client, listen }: ServiceParts,
): Promise<HttpService> => {
  const events = new GatewayEvents(logger, metrics);
  const defaultProfile = loadDefaultProfile(config.defaultProfileFile, config.greetingLocaleDefault);
  const greeting = client('greeting-service', config.greetingServiceUrl);
  const recording = client('recording-service', config.recordingServiceUrl);
  const publicUrl = new PublicOrigin(config.publicUrl);
  const signature = signatureOptionsOf({ ...config, publicUrl: publicUrl.base });

  const state = { port: config.port, isDraining: false, haveProfilesSettled: false };
  const internalUrl = (): string => config.internalUrl ?? `http://127.0.0.1:${state.port}`;

  const frames = held.use(
    'frames',
    new FramesStore({
      ...greetingFrames(greeting),
      clock: systemClock,
      events,
    }),
  );
  const profiles = held.use(
    'profiles',
    new ProfileStore({
      fetchSince: (since, limit) =>
        greeting.call(listProfilesSince, { query: { since, limit }, timeoutMs: PROFILES_TIMEOUT_MS }),
      snapshotFile: config.profileSnapshotFile,
      events,
      onChanged: (profile) => frames.prefetch(framesKeysOf(profile), true),
    }),
  );
  const bus = held.use(
    'bus',
    new LateBus(
      () => connectKafka({ brokers: config.kafkaBrokers, clientId: SERVICE, logger, metrics }),
      async (connected) => {
        await connected.subscribe({
          topic: topics.profileEvents,
          // Every replica hears every hint: a group of its own each time, from now on.
          group: `${SERVICE}-profiles-${randomBytes(6).toString('hex')}`,
          schema: profileChangedEvent,
          fromBeginning: false,
          handle: () => Promise.resolve(profiles.hint()),
        });
      },
      (error) => events.kafkaUnavailable(error),
    ),
  );
  const publisher = held.use(
    'publisher',
    new BoundedPublisher({ bus, capacity: EVENTS_HELD, sendEveryMs: EVENTS_EVERY_MS, logger, metrics }),
  );

  const tokens = new StreamTokens(config.streamTokenSecret);
  const accounts = createTwilioAccounts([twilioAccountOf(config)]);
  const lateness = metrics.histogram(
    'gateway_tick_lateness_ms',
    'How late the playout clock ticked',
    LATENESS_BUCKETS_MS,
  );
  const urls = new CallUrls({ tokens, publicUrl, internalUrl });
  urls.checkLength();
  const announcer = new CallAnnouncer(
    (message, priority) => publisher.offer(message, priority),
    (businessId) => (businessId === null ? undefined : profiles.byBusinessId(businessId)?.locale),
  );
  const peers = held.use(
    'peers',
    new GatewayPeers(config.gatewayPeers, internalUrl, config.internalApiTokens),
  );
  const registry = new StreamRegistry();
  const gateway: Gateway = new Gateway({
    settings: {
      txLeadMs: config.txLeadMs,
      txQueueMaxFrames: config.txQueueMaxFrames,
      modelAppendMs: config.modelAppendMs,
      agentSilenceMs: config.agentSilenceMs,
      maxCallMs: config.maxCallMs,
      greetingProtectMs: config.greetingProtectMs,
      bargeInClear: config.bargeInClear,
      mediaWatch: { noMediaMs: config.watchdogNoMediaTimeoutMs, mediaLostMs: config.watchdogMediaLostMs },
    },
    clock: systemClock,
    playoutClock: new PlayoutClock(
      systemClock,
      (lateMs) => lateness.observe(lateMs),
      (error) => events.wsHandlerError(error),
    ),
    registry,
    handOver: new HandOver({ registry, events }),
    profiles,
    defaultProfile,
    attempts: new AttemptScripts(client('outbound-dialer', config.outboundDialerUrl)),
    frames,
    urls,
    audioUrls: new AudioUrls({
      secrets: config.streamTokenSecret,
      publicUrl,
      now: () => systemClock.now(),
    }),
    announcer,
    peers,
    startWatch: new StartWatch(systemClock, config.watchdogStartTimeoutMs, (callSid, generation) => {
      gateway
        .startMissing(callSid, generation)
        .catch((error: unknown) => events.failed('the start watch', error));
    }),
    redirector: new CallRedirector({
      accounts,
      fallbackUrl: (record) => urls.fallback(record),
      wasFetchedElsewhere: async (callSid) =>
        (await peers.ask(callSid)).some(({ fallbackFetched }) => fallbackFetched),
      events,
      onRedirected: (record, reason) => announcer.redirected(record, reason),
      onOver: ({ callSid }) => gateway.callOver(callSid),
    }),
    carrier: twilioCarrier({ accounts, transferEndedUrl: (record) => urls.transferEnded(record) }),
    startRecording: recordingStarter(recording),
    http: {
      client: held.use(
        'tools',
        new PublicClient({
          routes: config.toolRoutes,
          connectTimeoutMs: TOOL_CONNECT_TIMEOUT_MS,
          maxAnswerBytes: TOOL_ANSWER_BYTES,
        }),
      ),
      secrets: config.toolSigningSecret,
      now: () => systemClock.now(),
    },
    loadPast: pastLoader(recording, (callSid) => peers.past(callSid)),
    events,
    internalUrl,
    publicUrl,
  });
  const beat = setInterval(() => {
    gateway.beat();
    events.liveCalls(gateway.liveFigures());
  }, BEAT_MS);
  held.defer('beat', () => clearInterval(beat));

  // Calls whose stream is awaited count: their streams come here as likely as anywhere.
  const hasRoom = (): boolean =>
    !state.isDraining && gateway.liveCalls + gateway.parts.startWatch.size < config.maxCalls;
  // Above what new calls may take, for calls that other replicas hand over or lose.
  const streamLimit = config.maxCalls + Math.max(1, Math.ceil(config.maxCalls * TAKEN_UP_SHARE));
  const http = await listen({
    // Streams, as many again that have not started, and webhooks.
    maxConnections: 2 * config.maxCalls + WEBHOOK_CONNECTIONS,
    readiness: {
      calls: () => {
        if (state.isDraining) throw new Error('draining: takes no new calls');
        if (!hasRoom()) throw new Error(`${config.maxCalls} calls: full`);
      },
      profiles: () => {
        if (!state.haveProfilesSettled) throw new Error('waits for the first profiles of greeting-service');
      },
    },
    webhookGuard: webhookGuard(signature),
    openapi: { title: 'Frontdesk media-gateway', endpoints: gatewayEndpoints },
    routes: (router) =>
      serveRoutes(router, gateway, {
        // Where there is no room here there may be elsewhere: the stream goes to who is ready.
        mayConnect: async () => hasRoom() || peers.isAnyReady(),
        isLeaving: () => state.isDraining,
        reachedAt: (host) => publicUrl.seen(host),
      }),
  });
  state.port = http.port;
  const acceptor = new StreamAcceptor({
    tokens,
    model: overrides.model ?? modelOf(config, events),
    modelSessionMaxMs: config.modelSessionMaxMs,
    clock: systemClock,
    events,
    onAccepted: (accepted) => gateway.accept(accepted),
  });
  serveStreams({
    server: http.server,
    isSigned: (path, { headers }) => isSignedUpgrade({ ...signature, path, headers }),
    // Sockets that have not started yet have a bound of their own: they must not take the room of calls.
    hasRoom: () => gateway.liveCalls < streamLimit && acceptor.waiting < config.maxCalls,
    onStream: (socket, connection) => acceptor.accept(socket, connection),
    events,
  });
  held.defer('calls', () => {
    state.isDraining = true;
    return drain(gateway, config.drainTimeoutMs, events);
  });
  await profiles.start();
  // With the frames too, as far as they exist: the first call after a restart is greeted as fast as any other.
  void profiles
    .waitForFirstLoad(FIRST_PROFILES_MS)
    .then(() => withTimeout(frames.idle(), FIRST_FRAMES_MS, 'the first frames').catch(() => undefined))
    .then(() => (state.haveProfilesSettled = true));
  return http;
};

const modelOf = (config: GatewayConfig, events: GatewayEvents): RealtimeModel =>
  createOpenAiRealtime({
    apiKey: config.openAiApiKey,
    baseUrl: config.openAiBaseUrl,
    model: config.openAiRealtimeModel,
    transcriptionModel: config.openAiSttModel,
    onUnused: (message) =>
      message.kind === 'malformed'
        ? events.modelMalformed(message.reason)
        : events.modelUnknownEvent(message.type),
  });
