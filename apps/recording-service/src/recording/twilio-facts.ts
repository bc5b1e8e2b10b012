import { type TwilioRecording } from '@frontdesk/telephony';
import { type RecordingFacts } from './recording-report';

/** The REST resource under the names of {@link RecordingFacts}. */
export const factsOf = (recording: TwilioRecording): RecordingFacts => ({
  recordingSid: recording.sid,
  callSid: recording.callSid,
  accountSid: recording.accountSid,
  source: recording.source,
  status: recording.status,
  url: recording.url,
  duration: recording.durationSec,
  channels: recording.channels,
  startTime: recording.startedAt ?? recording.createdAt,
  errorCode: recording.errorCode,
});
