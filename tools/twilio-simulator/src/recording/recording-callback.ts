import type { Call } from '../call/call';
import { rfc2822 } from '../call/status-callbacks';
import type { CallWorld } from '../call/call-world';
import { durationText, type Recording, type RecordingStatus } from './recording';

/** Sends a recording's status to whoever asked for it. */
export const sendRecordingCallback = async (
  world: CallWorld,
  call: Call,
  recording: Recording,
  status: RecordingStatus,
  recordingUrl: string,
): Promise<void> => {
  const { callback } = recording;
  if (!callback?.events.includes(status)) return;
  if (
    world.faults.take(
      'callback-dropped',
      call.subject,
      (fault) => fault.text('event') === `recording-${status}`,
    )
  )
    return;
  const duration = durationText(recording);
  const params: Record<string, string> = {
    AccountSid: world.accountSid,
    CallSid: recording.callSid,
    RecordingSid: recording.sid,
    RecordingUrl: recordingUrl,
    RecordingStatus: status,
    RecordingChannels: String(recording.channels),
    RecordingStartTime: rfc2822(new Date(recording.startedAtMs)),
    RecordingSource: recording.source,
    RecordingTrack: recording.track,
    ...(status === 'completed' && duration !== null ? { RecordingDuration: duration } : {}),
    ...(recording.errorCode === null ? {} : { ErrorCode: String(recording.errorCode) }),
  };
  const send = (): Promise<unknown> =>
    world.webhooks.send({
      kind: 'recording-callback',
      url: callback.url,
      method: callback.method,
      params,
      callSid: call.sid,
      to: call.to,
      book: call.book,
      expects: 'nothing',
      idempotencyToken: `${recording.sid}-${status}`,
    });
  await send();
  if (
    world.faults.take(
      'callback-duplicated',
      call.subject,
      (fault) => fault.text('event') === `recording-${status}`,
    )
  )
    await send();
};
