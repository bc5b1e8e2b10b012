import { callSidSchema } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { withTimeout } from '@frontdesk/runtime';
import { thanksAndHangup } from '@frontdesk/telephony';
import { type EntityManager } from 'typeorm';
import { recordingEvents } from '../../events';
import { type Parts } from '../../parts';
import { applyReport } from '../../recording/apply-report';
import { recordingReport } from '../../recording/recording-report';
import { CallRow } from '../../store/entities';
import { thanksFor } from './thanks';

/** A caller is on the line: the books may be late, the answer may not. */
const BOOKS_TIMEOUT_MS = 3_000;

/**
 * The `action` of the fallback's `<Record>`: asked when the message has ended, before its media exists. The message gets
 * its row; that it is complete comes to /webhook/recording_status. Whatever happens, the caller hears a short thanks and
 * the call ends (RE6): a row that could not be written is made good from that callback, or by the reconciler.
 */
export const serveHandleRecording = (router: ServiceRouter, parts: Parts): void =>
  router.webhook('/webhook/handle_recording', async (form, { traceparent }) => {
    const { database, apply, logger } = parts;
    const callSid = form.CallSid ?? '';
    let locale = apply.localeDefault;
    try {
      const keeping = database.transaction((manager) => keepMessage(manager, form, parts, traceparent));
      locale = (await withTimeout(keeping, BOOKS_TIMEOUT_MS, 'keeping the message')) ?? locale;
      logger.info(recordingEvents.messageReceived, { callSid, isEmpty: isEmpty(form) });
    } catch (error) {
      logger.error(recordingEvents.messageNotKept, { callSid, error });
    }
    return { twiml: thanksAndHangup(thanksFor(locale, isEmpty(form))) };
  });

/** Nothing was said: no recording, or one of no length. */
const isEmpty = (form: Record<string, string>): boolean =>
  !form.RecordingSid || form.RecordingDuration === '0';

/** @returns the language of the call, when it is known */
const keepMessage = async (
  manager: EntityManager,
  form: Record<string, string>,
  { apply }: Parts,
  traceparent: string,
): Promise<string | null> => {
  const report = recordingReport({
    recordingSid: form.RecordingSid,
    callSid: form.CallSid,
    accountSid: form.AccountSid,
    source: 'RecordVerb',
    status: 'processing',
    url: form.RecordingUrl,
    duration: form.RecordingDuration,
    channels: 1,
  });
  if (report) await applyReport(manager, report, { ...apply, traceparent });
  const callSid = callSidSchema.safeParse(form.CallSid);
  const call = callSid.success ? await manager.findOneBy(CallRow, { callSid: callSid.data }) : null;
  return call?.locale ?? null;
};
