import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  isTaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { SpeechError } from '@frontdesk/speech';
import { type SpeechProvider } from './provider';

/** So many failures in a row, and the provider is left alone. */
const FAILURES = 5;
/** So long; then one synthesis tries it again. */
const LEFT_ALONE_MS = 10_000;
/** Bound on a whole synthesis, beside the provider's own on each piece: one that drips must end too. */
const WHOLE_MS = 60_000;

export type BreakerState = 'closed' | 'half-open' | 'open';

const states: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

/** A provider behind a time-out and a circuit breaker: one that is down costs a caller no wait. */
export class GuardedProvider {
  served = 0;
  failed = 0;
  private readonly breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: LEFT_ALONE_MS,
    breaker: new ConsecutiveBreaker(FAILURES),
  });
  private readonly policy = wrap(this.breaker, timeout(WHOLE_MS, TimeoutStrategy.Aggressive));

  constructor(
    readonly provider: SpeechProvider,
    onStateChanged: (state: BreakerState) => void,
  ) {
    this.breaker.onStateChange((state) => onStateChanged(states[state]));
  }

  get state(): BreakerState {
    return states[this.breaker.state];
  }

  /** Throws cockatiel's BrokenCircuitError at once while the provider is left alone. */
  async run<T>(action: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      const result = await this.policy.execute((context) => action(context.signal), signal);
      this.served += 1;
      return result;
    } catch (error) {
      if (isOutage(error)) this.failed += 1;
      if (!isTaskCancelledError(error)) throw error;
      throw new SpeechError('timeout', `the speech was not whole after ${WHOLE_MS} ms`, { cause: error });
    }
  }
}

/** Whether a failure says something about the provider, and not about the text or about us. */
const isOutage = (error: unknown): boolean => {
  if (isTaskCancelledError(error)) return true;
  if (!(error instanceof SpeechError) || error.failure === 'aborted') return false;
  return error.details.status !== 400 && error.details.status !== 422;
};
