import { retryTranscription } from '@frontdesk/contracts';
import { HttpProblem, mayAccessBusiness, type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentTranscript } from '../../present';
import { appendTranscriptionJob } from '../../recording/apply-report';
import { CallRow, RecordingRow, TranscriptRow } from '../../store/entities';
import { lockCall } from '../../store/queries/lock-call';

/** Runs a failed transcription again; what was answered before it failed is not paid for twice. */
export const serveRetryTranscription = (router: ServiceRouter, { database, apply }: Parts): void =>
  router.handle(retryTranscription, ({ params, caller, traceparent }) =>
    database.transaction(async (manager) => {
      const found = await manager.findOneBy(TranscriptRow, { id: params.id });
      if (!found || !(await lockCall(manager, found.callSid))) throw noTranscript();
      const call = await manager.findOneBy(CallRow, { callSid: found.callSid });
      if (!call || !mayAccessBusiness(caller, call.businessId)) throw noTranscript();
      const { recordingSid, callSid } = found;
      const [, count] = await manager.query<[unknown, number]>(
        `UPDATE transcripts SET status = 'queued', error = NULL, attempts = 0, updated_at = now(),
           next_try_at = now() + interval '10 minutes'
         WHERE id = $1 AND status = 'failed'`,
        [found.id],
      );
      if (count === 0) throw new HttpProblem(409, 'Only a failed transcription can be run again');
      const { businessId, accountSid } = call;
      const locale = call.locale ?? apply.localeDefault;
      await appendTranscriptionJob(manager, {
        callSid,
        recordingSid,
        businessId,
        accountSid,
        locale,
        traceparent,
      });
      const recording = await manager.findOneByOrFail(RecordingRow, { recordingSid });
      return presentTranscript({ ...found, status: 'queued', error: null }, recording);
    }),
  );

const noTranscript = (): HttpProblem => new HttpProblem(404, 'There is no such transcription');
