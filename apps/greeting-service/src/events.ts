import { type Logger, type Metrics } from '@frontdesk/observability';
import { frameCount, type Frames, type FramesPool, type FramesRequest } from './cache/frames';

/** Everything greeting-service tells about itself: each name once, a low-cardinality counter and a detailed line. */
export class GreetingEvents {
  /** Since the process began, for the statistics endpoint. */
  readonly counts = {
    hits: { memory: noneOfEach(), durable: noneOfEach() },
    evictions: noneOfEach(),
    misses: 0,
  };
  private readonly hits;
  private readonly misses;
  private readonly evictions;
  private readonly syntheses;
  private readonly synthesisSeconds;
  private readonly warmFailures;
  private readonly warnedVoices = new Set<string>();

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.hits = metrics.counter('frontdesk_greeting_cache_hits_total', 'Frames found', ['pool', 'level']);
    this.misses = metrics.counter('frontdesk_greeting_cache_misses_total', 'Frames asked for and not found');
    this.evictions = metrics.counter(
      'frontdesk_greeting_cache_evictions_total',
      'Frames evicted from memory',
      ['pool'],
    );
    this.syntheses = metrics.counter('frontdesk_greeting_synthesis_total', 'Syntheses paid for', [
      'provider',
      'pool',
      'outcome',
    ]);
    this.synthesisSeconds = metrics.histogram(
      'frontdesk_greeting_synthesis_seconds',
      'Time from asking the provider to finished frames',
      [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32],
      ['provider'],
    );
    this.warmFailures = metrics.counter(
      'frontdesk_greeting_warm_failures_total',
      'Warm-ups that failed and will be tried again',
    );
  }

  cacheHit(level: 'memory' | 'durable', { key, businessId, pool, mulaw }: Frames): void {
    this.counts.hits[level][pool] += 1;
    this.hits.inc({ pool, level });
    this.logger.info('GREETING_CACHE_HIT', { level, key, businessId, pool, frames: frameCount({ mulaw }) });
  }

  cacheMiss(): void {
    this.counts.misses += 1;
    this.misses.inc();
  }

  cached({ key, businessId, pool, mulaw, provider, model }: Frames): void {
    const frames = frameCount({ mulaw });
    this.logger.info('GREETING_CACHED', { key, businessId, pool, frames, provider, model });
  }

  /** A caller waits: these frames do not exist, and are played while they are made. */
  spokenLive({ key, businessId }: { key: string; businessId: string }, firstMs: number): void {
    this.logger.info('GREETING_SPOKEN_LIVE', { key, businessId, firstMs: Math.round(firstMs) });
  }

  /** A caller waited here for what another replica made, and heard it while that one made it. */
  relayed({ key, businessId }: { key: string; businessId: string }, from: string): void {
    this.logger.info('GREETING_RELAYED', { key, businessId, from });
  }

  /** A caller waited, and hears nothing of us, or not all. */
  liveFailed({ key, businessId }: { key: string; businessId: string }, error: unknown): void {
    this.logger.warn('GREETING_LIVE_FAILED', { key, businessId, reason: reasonOf(error) });
  }

  providerState(provider: string, model: string, state: string): void {
    const level = state === 'open' ? 'warn' : 'info';
    this.logger[level]('GREETING_PROVIDER_STATE', { provider, model, state });
  }

  campaignFramesPruned(removed: number): void {
    this.logger.info('GREETING_CAMPAIGN_PRUNED', { removed });
  }

  evicted(pool: FramesPool): void {
    this.counts.evictions[pool] += 1;
    this.evictions.inc({ pool });
  }

  synthesized(
    request: FramesRequest,
    made: { provider: string; model: string; voice: string; ms: number },
  ): void {
    this.syntheses.inc({ provider: made.provider, pool: request.pool, outcome: 'ok' });
    this.synthesisSeconds.observe({ provider: made.provider }, made.ms / 1000);
    this.logger.info('GREETING_SYNTH', { ...about(request), ...made, ms: Math.round(made.ms) });
  }

  synthesisFailed(request: FramesRequest, provider: string, error: unknown): void {
    this.syntheses.inc({ provider, pool: request.pool, outcome: 'failed' });
    this.logger.warn('GREETING_SYNTH_FAILED', { ...about(request), provider, reason: reasonOf(error) });
  }

  warmFailed(request: FramesRequest, failures: number, retryInMs: number, error: unknown): void {
    this.warmFailures.inc();
    this.logger.warn('GREETING_WARM_FAILED', {
      ...about(request),
      failures,
      retryInMs,
      reason: reasonOf(error),
    });
  }

  profileSaved(businessId: string, revision: number): void {
    this.logger.info('PROFILE_SAVED', { businessId, revision });
  }

  profileDeleted(businessId: string, revision: number): void {
    this.logger.info('PROFILE_DELETED', { businessId, revision });
  }

  invalidated(businessId: string, removed: number): void {
    this.logger.info('GREETING_INVALIDATED', { businessId, removed });
  }

  followFailed(error: unknown): void {
    this.logger.warn('PROFILES_UNREADABLE', { reason: reasonOf(error) });
  }

  /** Once a name and process: an unknown voice is a matter of the profile, not of each of its phrases. */
  voiceUnknown(unknown: string, voice: string, provider: string): void {
    if (this.warnedVoices.has(unknown) || this.warnedVoices.size >= MAX_WARNED_VOICES) return;
    this.warnedVoices.add(unknown);
    this.logger.warn('GREETING_VOICE_UNKNOWN', { unknown, voice, provider });
  }
}

const MAX_WARNED_VOICES = 1000;

const noneOfEach = (): Record<FramesPool, number> => ({ greeting: 0, phrase: 0, campaign: 0 });

const about = ({ key, businessId, pool, locale }: FramesRequest) => ({ key, businessId, pool, locale });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
