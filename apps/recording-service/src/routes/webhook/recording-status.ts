import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { recordingEvents } from '../../events';
import { type Parts } from '../../parts';
import { applyReport } from '../../recording/apply-report';
import { reportOfCallback } from '../../recording/recording-report';

/** Twilio tells how a recording ended. Once, twice or late; a failure here is answered 5xx, and Twilio tells again. */
export const serveRecordingStatus = (router: ServiceRouter, { database, apply, logger }: Parts): void =>
  router.webhook('/webhook/recording_status', async (form, { traceparent }) => {
    const report = reportOfCallback(form);
    if (!report) throw new HttpProblem(400, 'The callback names no recording of a call');
    const isQueued = await database.transaction((manager) =>
      applyReport(manager, report, { ...apply, traceparent }),
    );
    const { callSid, recordingSid, status, durationSeconds } = report;
    logger.info(recordingEvents.reported, { callSid, recordingSid, status, durationSeconds, isQueued });
    return {};
  });
