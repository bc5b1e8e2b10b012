import { rfc2822 } from '../call/status-callbacks';
import type { World } from '../placing/world';
import { durationText, type Recording } from '../recording/recording';

/**
 * A Recording as the REST API shows it. What is read (not the answer to a start or an update) shows a recording under
 * way as `processing`, paused or not.
 */
export const recordingResource = (
  world: World,
  recording: Recording,
  view: 'written' | 'read',
): Record<string, unknown> => {
  const path = `/2010-04-01/Accounts/${world.accountSid}/Recordings/${recording.sid}`;
  const isUnderWay = recording.status === 'in-progress' || recording.status === 'paused';
  const shown: Recording = isUnderWay && view === 'read' ? { ...recording, status: 'processing' } : recording;
  return {
    account_sid: world.accountSid,
    api_version: '2010-04-01',
    call_sid: recording.callSid,
    conference_sid: null,
    channels: recording.channels,
    date_created: rfc2822(new Date(recording.startedAtMs)),
    date_updated: rfc2822(new Date(recording.updatedAtMs)),
    start_time: rfc2822(new Date(recording.startedAtMs)),
    price: null,
    price_unit: 'USD',
    duration: durationText(shown),
    sid: recording.sid,
    source: recording.source,
    status: shown.status,
    error_code: recording.errorCode,
    track: recording.track,
    uri: `${path}.json`,
    encryption_details: null,
    subresource_uris: {
      add_on_results: `${path}/AddOnResults.json`,
      transcriptions: `${path}/Transcriptions.json`,
    },
    media_url: world.recordings.recordingUrl(recording),
  };
};
