import { builtInToolNames } from '@frontdesk/contracts';
import { type Logger, type Metrics } from '@frontdesk/observability';
import { type MessageRefusal } from '@frontdesk/telephony';
import { type TxFigures } from './playout/tx-telemetry';
import { type Refusal, type SocketRefusal } from './streams/refusals';

/** Lines about bad input: one a second for each name, with how many there were. */
const RATE_LIMIT_MS = 1000;
/** Characters of a reason that somebody else wrote. */
const MAX_REASON = 200;

const builtIn = new Set<string>(builtInToolNames);

/** The gateway's events, each named here and nowhere else (OP3): what is logged, and what is counted. */
export class GatewayEvents {
  private readonly limited = new Map<string, { atMs: number; held: number }>();

  constructor(
    readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  /** The same events with the call's SID on every line. */
  ofCall(callSid: string): GatewayEvents {
    return new GatewayEvents(this.logger.child({ callSid }), this.metrics);
  }

  wsConnected(): void {
    this.logger.info('WS_CONNECTED');
  }
  wsRefused(refusal: Extract<Refusal, { at: 'upgrade' | 'start' }>, detail = ''): void {
    this.refused(refusal);
    this.limitedly('WS_REFUSED', { ...refusal, detail });
  }
  wsStart(streamSid: string, generation: number): void {
    this.logger.info('WS_START', { streamSid, generation });
  }
  wsFrame(bytes: number): void {
    this.logger.debug('WS_FRAME', { bytes });
  }
  wsStop(): void {
    this.logger.info('WS_STOP');
  }
  wsClosed(code: number): void {
    this.logger.info('WS_CLOSED', { code });
  }
  wsBadJson(reason: MessageRefusal | SocketRefusal, detail: string): void {
    this.refused({ at: 'message', reason });
    this.limitedly('WS_BAD_JSON', { reason, detail });
  }
  dtmfDropped(): void {
    this.refused({ at: 'message', reason: 'too-many-keys' });
    this.limitedly('DTMF_DROPPED', {});
  }
  webhookRefused(path: string, detail: string): void {
    this.refused({ at: 'webhook', reason: 'bad-field' });
    this.limitedly('WEBHOOK_REFUSED', { path, detail });
  }
  audioRefused(reason: Extract<Refusal, { at: 'audio' }>['reason']): void {
    this.refused({ at: 'audio', reason });
    this.limitedly('AUDIO_REFUSED', { reason });
  }
  /** A prompt that Twilio was sent to and that nobody has: the caller heard a tone in its place. */
  promptMissing(key: string): void {
    this.count('gateway_prompts_missing_total', 'Prompts that were a tone, as nobody had them', {});
    this.limitedly('PROMPT_MISSING', { key: key.slice(0, 12) });
  }
  modelMalformed(detail: string): void {
    this.refused({ at: 'model', reason: 'malformed' });
    this.limitedly('MODEL_MALFORMED', { detail });
  }
  wsHandlerError(error: unknown): void {
    this.count('gateway_handler_errors_total', 'Messages whose handling threw', {});
    this.limitedly('WS_HANDLER_ERROR', { error: describe(error) });
  }
  wsStreamError(reason: string): void {
    this.logger.warn('WS_STREAM_ERROR', { reason: reason.slice(0, MAX_REASON) });
  }
  watchdog(name: 'WD_NO_STREAM_START' | 'WD_NO_MEDIA' | 'WD_AGENT_SILENT', fields: object = {}): void {
    this.count('gateway_watchdog_total', 'Times a watch ended without what it waited for', { watch: name });
    this.logger.warn(name, { ...fields });
  }
  redirected(reason: string, attempts: number): void {
    this.count('gateway_redirects_total', 'Calls handed to the fallback', { reason });
    this.logger.warn('WD_REDIRECTED', { reason, attempts });
  }
  streamEnded(generation: number | null, then: string): void {
    this.logger.info('STREAM_ENDED', { generation, then });
  }
  redirectFailed(reason: string, error: unknown): void {
    this.logger.error('WD_REDIRECT_FAILED', { reason, error: describe(error) });
  }
  greetingCached(frames: number): void {
    this.logger.info('GREETING_CACHED', { frames });
  }
  greetingCacheHit(frames: number): void {
    this.logger.info('GREETING_CACHE_HIT', { frames });
  }
  /** @param reason one of few, as it counts */
  greetingFallback(reason: string, error?: unknown): void {
    this.count('gateway_greeting_fallbacks_total', 'Greetings that the model spoke', { reason });
    this.logger.warn('GREETING_FALLBACK', {
      reason,
      ...(error === undefined ? {} : { error: describe(error) }),
    });
  }
  /** Not at hand: heard while greeting-service has it. */
  greetingLive(): void {
    this.count('gateway_greetings_live_total', 'Greetings heard while they were made', {});
    this.logger.info('GREETING_LIVE');
  }
  greetingProtect(ms: number): void {
    this.logger.info('GREETING_PROTECT', { ms });
  }
  greetingCompleted(fields: { heardMs: number; totalMs: number; complete: boolean }): void {
    this.logger.info('GREETING_COMPLETED', fields);
  }
  firstAudioSent(latencyMs: number, source: string): void {
    this.metrics
      .histogram(
        'gateway_first_audio_ms',
        "From a stream's start to its first frame",
        [5, 10, 20, 50, 100, 200, 500, 1000, 1500, 3000, 8000],
      )
      .observe(latencyMs);
    this.logger.info('FIRST_AUDIO_SENT', { latencyMs, source });
  }
  recordingStarted(recordingSid: string): void {
    this.logger.info('RECORDING_STARTED', { recordingSid });
  }
  recordingNotStarted(error: unknown): void {
    this.logger.error('RECORDING_NOT_STARTED', { error: describe(error) });
  }
  bargeIn(fields: { latencyMs: number; responseId: string | null; truncatedAtMs: number }): void {
    this.metrics
      .histogram(
        'gateway_barge_in_ms',
        'From speech_started to the cancel sent',
        [1, 2, 5, 10, 20, 50, 100, 200],
      )
      .observe(fields.latencyMs);
    this.logger.info('BARGE_IN', fields);
  }
  txStall(gapMs: number): void {
    this.logger.warn('TX_STALL', { gapMs: Math.round(gapMs) });
  }
  txSendSlow(ms: number): void {
    this.limitedly('TX_SEND_SLOW', { ms: Math.round(ms) });
  }
  txDropped(total: number): void {
    this.logger.error('TX_DROPPED', { total });
  }
  /** `window`: what is new since the last of these of this call, for the counters. */
  txMetrics(
    figures: TxFigures & { depth: number; maxDepth: number; drops: number; final: boolean },
    window: { framesSent: number; underruns: number; drops: number },
  ): void {
    this.add('gateway_frames_sent_total', 'Frames given to Twilio', window.framesSent);
    this.add('gateway_underruns_total', 'Times the line ran dry within a source', window.underruns);
    this.add('gateway_frames_dropped_total', 'Frames dropped from full TX queues', window.drops);
    this.logger.info('TX_METRICS', { ...figures });
  }
  txQueueFlush(frames: number): void {
    this.logger.info('TX_QUEUE_FLUSH', { frames, reason: 'session_close' });
  }
  state(from: string, to: string): void {
    if (this.logger.isDebugEnabled()) this.logger.debug('STATE', { from, to });
  }
  modelReady(afterMs: number): void {
    this.logger.info('MODEL_READY', { afterMs: Math.round(afterMs) });
  }
  modelError(problem: string, code: string, recoverable: boolean): void {
    this.count('gateway_model_errors_total', 'Errors the model told', {
      problem,
      recoverable: String(recoverable),
    });
    this.limitedly('MODEL_ERROR', { problem, code, recoverable });
  }
  /** A command that lost a race with the model; nothing is to be done about it. */
  modelErrorAbsorbed(problem: string, code: string): void {
    this.count('gateway_model_errors_absorbed_total', 'Refused commands that lost a race', { problem });
    this.limitedly('MODEL_ERROR_ABSORBED', { problem, code });
  }
  modelUnknownEvent(type: string): void {
    this.count(
      'gateway_model_events_unknown_total',
      'Events of the model that the gateway does not know',
      {},
    );
    this.limitedly('MODEL_UNKNOWN_EVENT', { type });
  }
  modelReopened(fields: { reason: string; attempt: number; replayedMs: number; droppedMs: number }): void {
    this.count('gateway_model_sessions_replaced_total', 'Model sessions that took the place of another', {
      reason: fields.reason,
    });
    this.logger.warn('MODEL_REOPENED', fields);
  }
  modelLost(reason: string): void {
    this.count('gateway_models_lost_total', 'Calls for which no model session could be had', { reason });
    this.logger.error('MODEL_LOST', { reason });
  }
  toolCalled(name: string, ok: boolean, durationMs: number): void {
    // Only the built-in names are few enough for a label.
    const tool = builtIn.has(name) ? name : 'own';
    this.count('gateway_tool_calls_total', 'Tools the agent used', { tool, ok: String(ok) });
    this.logger.info('TOOL_CALLED', { name, ok, durationMs });
  }
  callerSilent(due: 'ask' | 'end'): void {
    this.count('gateway_silent_callers_total', 'Callers who said nothing, asked and then hung up on', {
      due,
    });
    this.logger.info('CALLER_SILENT', { due });
  }
  callTooLong(due: 'announce' | 'end'): void {
    this.logger.info('CALL_TOO_LONG', { due });
  }
  optedOut(how: 'spoken' | 'keyed'): void {
    this.count('gateway_opt_outs_total', 'People who do not want to be called again', { how });
    this.logger.info('OPTED_OUT', { how });
  }
  callEnded(reason: string, durationMs: number): void {
    this.count('gateway_calls_ended_total', 'Calls that ended', { reason });
    this.logger.info('CALL_ENDED', { reason, durationMs });
  }
  /** The state of all open calls, a few times a second. */
  liveCalls(calls: { count: number; queuedFrames: number; deepestQueue: number }): void {
    this.metrics.gauge('gateway_active_calls', 'Streams open on this replica').set(calls.count);
    this.metrics
      .gauge('gateway_tx_queue_depth_frames', 'Frames waiting in the TX queues of all calls')
      .set(calls.queuedFrames);
    this.metrics
      .gauge('gateway_tx_queue_max_depth_frames', 'Deepest that the TX queue of any open call has been')
      .set(calls.deepestQueue);
  }
  profilesLoaded(count: number, revision: number, from: 'greeting-service' | 'snapshot'): void {
    this.logger.info('PROFILES_LOADED', { count, revision, from });
    this.metrics.gauge('gateway_profile_revision', 'Revision of the profiles at hand').set(revision);
  }
  profilesUnavailable(error: unknown): void {
    this.limitedly('PROFILES_UNAVAILABLE', { error: describe(error) });
  }
  framesUnavailable(key: string, error: unknown): void {
    this.limitedly('FRAMES_UNAVAILABLE', { key: key.slice(0, 12), error: describe(error) });
  }
  draining(calls: number): void {
    this.logger.info('DRAINING', { calls });
  }
  handedOver(takenUp: number, calls: number): void {
    this.logger.info('HANDED_OVER', { takenUp, calls });
  }
  kafkaUnavailable(error: unknown): void {
    this.limitedly('KAFKA_UNAVAILABLE', { error: describe(error) });
  }
  failed(what: string, error: unknown): void {
    this.logger.error('FAILED', { what, error: describe(error) });
  }

  /** The one place where what comes from outside and is not used is counted. */
  private refused({ at, reason }: Refusal): void {
    this.count('gateway_refused_total', 'Requests, upgrades, starts and messages that are not used', {
      at,
      reason,
    });
  }

  private count(name: string, help: string, labels: Record<string, string>): void {
    this.metrics.counter(name, help, Object.keys(labels)).inc(labels);
  }

  private add(name: string, help: string, value: number): void {
    if (value > 0) this.metrics.counter(name, help).inc(value);
  }

  private limitedly(event: string, fields: Record<string, unknown>): void {
    const nowMs = Date.now();
    const last = this.limited.get(event);
    if (last && nowMs - last.atMs < RATE_LIMIT_MS) {
      last.held += 1;
      return;
    }
    this.limited.set(event, { atMs: nowMs, held: 0 });
    this.logger.warn(event, { ...fields, ...(last && last.held > 0 ? { heldBack: last.held } : {}) });
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));
