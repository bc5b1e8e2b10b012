import { type DialAttemptJob, type DialOutcome } from '@frontdesk/contracts';
import { type Logger, type Metrics } from '@frontdesk/observability';
import { type AttemptRow } from './store/rows';

const fieldsOf = (attempt: AttemptRow) => ({
  attemptId: attempt.id,
  campaignId: attempt.campaign_id,
  businessId: attempt.business_id,
  to: attempt.to_number,
});

/** Everything outbound-dialer tells about itself: each name once, a low-cardinality counter and a detailed line. */
export class DialerEvents {
  private readonly asks;
  private readonly claimToAsk;
  private readonly failures;
  private readonly callbacks;
  private readonly reconciled;
  private readonly secondCalls;
  private readonly admitted;
  private readonly machines;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.asks = metrics.counter('frontdesk_dial_asks_total', 'Calls asked of Twilio');
    this.claimToAsk = metrics.histogram(
      'frontdesk_dial_claim_to_ask_ms',
      'From the claim of an attempt to the request to Twilio',
      [5, 10, 20, 30, 50, 100, 200, 500, 2000, 10_000],
    );
    this.failures = metrics.counter(
      'frontdesk_dial_failures_total',
      'Requests that placed no call for sure or maybe',
      ['kind'],
    );
    this.callbacks = metrics.counter('frontdesk_dial_callbacks_total', 'Status callbacks, by effect', [
      'effect',
    ]);
    this.reconciled = metrics.counter(
      'frontdesk_dial_reconciled_total',
      'Attempts decided by asking Twilio',
      ['result'],
    );
    this.secondCalls = metrics.counter(
      'frontdesk_dial_second_calls_total',
      'Two calls for one attempt: must be 0',
    );
    this.machines = metrics.counter(
      'frontdesk_dial_machines_total',
      'Calls that a machine answered and that were treated so',
      ['policy'],
    );
    this.admitted = metrics.counter('frontdesk_dial_admitted_total', 'Attempts handed to the workers');
  }

  /** @param sinceClaimMs from the claim to the request */
  asking(attempt: AttemptRow, sinceClaimMs: number): void {
    this.asks.inc();
    this.claimToAsk.observe(sinceClaimMs);
    this.logger.info('DIAL_ASKED', fieldsOf(attempt));
  }
  accepted(attempt: AttemptRow, callSid: string): void {
    this.logger.info('DIAL_ACCEPTED', { ...fieldsOf(attempt), callSid });
  }
  askFailed(attempt: AttemptRow, kind: string, reason: string): void {
    this.failures.inc({ kind });
    this.logger.warn('DIAL_FAILED', { ...fieldsOf(attempt), kind, reason });
  }
  callback(attemptId: string, callSid: string, status: string, effect: string): void {
    this.callbacks.inc({ effect });
    this.logger.info('DIAL_STATUS', { attemptId, callSid, status, effect });
  }
  answeredBy(attemptId: string, callSid: string, answeredBy: string, isNew: boolean): void {
    this.logger.info('DIAL_ANSWERED_BY', { attemptId, callSid, answeredBy, isNew });
  }
  machineTreated(attempt: AttemptRow, policy: string): void {
    this.machines.inc({ policy });
    this.logger.info('DIAL_MACHINE', { ...fieldsOf(attempt), callSid: attempt.call_sid, policy });
  }
  machinePolicyFailed(attempt: AttemptRow, reason: unknown): void {
    this.logger.warn('DIAL_MACHINE_FAILED', { ...fieldsOf(attempt), callSid: attempt.call_sid, reason });
  }
  secondCall(attempt: AttemptRow, callSid: string): void {
    this.secondCalls.inc();
    this.logger.error('DIAL_SECOND_CALL', { ...fieldsOf(attempt), callSid, knownCallSid: attempt.call_sid });
  }
  reconciledAttempt(attempt: AttemptRow, result: 'found' | 'not-placed' | 'ended' | 'unchanged'): void {
    this.reconciled.inc({ result });
    this.logger.info('DIAL_RECONCILED', { ...fieldsOf(attempt), result });
  }
  reconcileFailed(attempt: AttemptRow, reason: unknown): void {
    this.reconciled.inc({ result: 'failed' });
    this.logger.warn('DIAL_RECONCILE_FAILED', { ...fieldsOf(attempt), reason });
  }
  recovered(what: 'claimed' | 'asked' | 'published', count: number): void {
    if (count > 0) this.logger.warn('DIAL_LEASES_EXPIRED', { what, count });
  }
  claimed(attempt: AttemptRow): void {
    this.logger.debug('DIAL_CLAIMED', fieldsOf(attempt));
  }
  /** A job that was not claimed. */
  notClaimed(attempt: Pick<DialAttemptJob['data'], 'attemptId' | 'campaignId'>, reason: string): void {
    const { attemptId, campaignId } = attempt;
    this.logger.debug('DIAL_NOT_CLAIMED', { attemptId, campaignId, reason });
  }
  /** A due attempt that was not admitted: later, or (with an outcome) never. */
  notAdmitted(attempt: AttemptRow, reason: string, outcome: DialOutcome | null): void {
    this.logger.debug('DIAL_NOT_ADMITTED', { ...fieldsOf(attempt), reason, outcome });
  }
  admittedAttempts(campaignId: string, count: number): void {
    this.admitted.inc(count);
    this.logger.debug('DIAL_ADMITTED', { campaignId, count });
  }
  campaignMoved(campaignId: string, state: string, reason: string | null): void {
    this.logger.info('CAMPAIGN_STATE', { campaignId, state, reason });
  }
  openingReady(campaignId: string): void {
    this.logger.info('CAMPAIGN_OPENING_READY', { campaignId });
  }
  openingFailed(campaignId: string, reason: unknown): void {
    this.logger.warn('CAMPAIGN_OPENING_FAILED', { campaignId, reason });
  }
  optedOut(businessId: string | null, number: string): void {
    this.logger.info('DO_NOT_CALL_ADDED', { businessId, number });
  }
  waitingForStart(reason: unknown): void {
    this.logger.info('WORKER_WAITING', { reason });
  }
  working(): void {
    this.logger.info('WORKER_STARTED');
  }
  tickFailed(what: string, reason: unknown): void {
    this.logger.warn('TICK_FAILED', { what, reason });
  }
}
