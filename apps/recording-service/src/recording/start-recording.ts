import { HttpProblem } from '@frontdesk/http';
import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { SingleFlight } from '@frontdesk/runtime';
import { type TwilioAccounts, type TwilioRecording, TwilioRestError } from '@frontdesk/telephony';
import { type EntityManager } from 'typeorm';
import { recordingEvents } from '../events';
import { claimStart, refuseStart, type StartClaim } from '../store/queries/recording-starts';
import { type ApplyOptions, applyReport } from './apply-report';
import { recordingReport } from './recording-report';
import { factsOf } from './twilio-facts';

export interface StartRequest {
  callSid: string;
  businessId: string | null;
  accountSid: string;
  traceparent: string;
}

export interface RecordingStarterOptions {
  database: Database;
  accounts: TwilioAccounts;
  /** Absolute; Twilio tells there how the recording ended. */
  statusCallbackUrl: string;
  apply: ApplyOptions;
  logger: Logger;
}

/** How many recordings of one call are looked through for ours. */
const LOOK_LIMIT = 20;

/**
 * Starts the recording of a live call, once a call. A row is claimed before Twilio is asked; whoever asks while the claim
 * is fresh is told to ask again, and a claim whose outcome never came in (a crash, a time-out) is settled by looking what
 * Twilio has before anything new is started.
 */
export class RecordingStarter {
  private readonly flights = new SingleFlight<string>();

  constructor(private readonly options: RecordingStarterOptions) {}

  /** @returns the recording's SID. Throws an HttpProblem: 503 ask again, 409 this call cannot be recorded. */
  start(request: StartRequest): Promise<string> {
    return this.flights.run(request.callSid, () => this.startOnce(request));
  }

  private async startOnce(request: StartRequest): Promise<string> {
    const claim = await this.options.database.transaction((manager) =>
      claimStart(manager, request, this.options.apply.reconcileAfterMs),
    );
    if (claim.state === 'started') return claim.recordingSid;
    if (claim.state === 'erased') throw new HttpProblem(410, 'The data of this call was deleted');
    if (claim.state === 'busy') throw new HttpProblem(503, 'The recording is being started');
    const recording = await this.askTwilio(request, claim);
    await this.options.database.transaction((manager) => this.keep(manager, request, recording));
    this.options.logger.info(recordingEvents.started, {
      callSid: request.callSid,
      recordingSid: recording.sid,
      adopted: claim.state === 'unsettled',
    });
    return recording.sid;
  }

  private async keep(
    manager: EntityManager,
    { callSid, traceparent }: StartRequest,
    recording: TwilioRecording,
  ): Promise<void> {
    // The call is locked first, as in every transaction about it; after a deletion only the recording's SID is kept.
    const report = recordingReport({ ...factsOf(recording), callSid });
    if (report) await applyReport(manager, report, { ...this.options.apply, traceparent });
    await manager.query(
      `UPDATE recording_starts SET state = 'started', recording_sid = $2, reason = NULL WHERE call_sid = $1`,
      [callSid, recording.sid],
    );
  }

  private async askTwilio(request: StartRequest, claim: StartClaim): Promise<TwilioRecording> {
    const { accounts, statusCallbackUrl } = this.options;
    const existing = claim.state === 'unsettled' ? await this.lookFor(request) : undefined;
    if (existing) return existing;
    try {
      const account = accounts.account(request.accountSid);
      return await account.startRecording(request.callSid, { statusCallbackUrl, channels: 'dual' });
    } catch (error) {
      throw await this.refusal(request.callSid, error);
    }
  }

  /** While Twilio does not let us look, the earlier request stays unsettled: asking again could record the call twice. */
  private async lookFor({ callSid, accountSid }: StartRequest): Promise<TwilioRecording | undefined> {
    try {
      const recordings = await this.options.accounts
        .account(accountSid)
        .listRecordings({ callSid, limit: LOOK_LIMIT });
      return recordings.find(({ source }) => source === 'StartCallRecordingAPI');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.options.logger.warn(recordingEvents.startRefused, { callSid, reason });
      throw new HttpProblem(503, 'The recording was not started', reason);
    }
  }

  /** An unknown outcome leaves the claim as it is: when it is stale, Twilio is looked at first. */
  private async refusal(callSid: string, error: unknown): Promise<HttpProblem> {
    const reason = error instanceof Error ? error.message : String(error);
    const isKnown = error instanceof TwilioRestError;
    this.options.logger.warn(recordingEvents.startRefused, { callSid, reason });
    if (!(isKnown && error.outcomeUnknown))
      await refuseStart(this.options.database.dataSource.manager, callSid, reason);
    const isFinal = isKnown && !error.isRetryable;
    return new HttpProblem(isFinal || !isKnown ? 409 : 503, 'The recording was not started', reason);
  }
}
