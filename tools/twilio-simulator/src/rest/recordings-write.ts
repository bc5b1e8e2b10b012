import { recordingResource } from './recording-resource';
import { findRecording } from './recordings-read';
import { notFound, RestError } from './rest-error';
import { checkUrl, methodOf } from './validation';
import type { RestHandler } from './rest-routes';

/** Starts recording a call in progress; never trimmed unless asked. */
export const startRecording: RestHandler = (world, request) => {
  const { form, params } = request;
  const sid = params['callSid'] ?? '';
  const call = world.calls.get(sid);
  if (!call && !world.calls.resource(sid)) throw notFound(request.path);
  if (call?.status !== 'in-progress')
    throw new RestError(400, 21220, 'Requested resource is not eligible for recording');
  const url = form.get('RecordingStatusCallback');
  if (url) checkUrl('RecordingStatusCallback', url);
  const events = form.all('RecordingStatusCallbackEvent').flatMap((value) => value.split(' '));
  const track = form.get('RecordingTrack');
  const recording = world.recordings.start(call, {
    source: 'StartCallRecordingAPI',
    channels: form.get('RecordingChannels') === 'dual' ? 2 : 1,
    track: track === 'inbound' || track === 'outbound' ? track : 'both',
    trim: form.get('Trim') === 'trim-silence',
    callback: url
      ? {
          url,
          method: methodOf(form.get('RecordingStatusCallbackMethod')),
          events: events.length > 0 ? events : ['completed'],
        }
      : undefined,
  });
  return { status: 201, json: recordingResource(world, recording, 'written') };
};

/** Pauses, resumes or stops. */
export const updateRecording: RestHandler = (world, request) => {
  const recording = findRecording(world, request);
  const status = request.form.get('Status');
  if (recording.status !== 'in-progress' && recording.status !== 'paused')
    throw new RestError(400, 21220, 'Recording is not in progress');
  if (status === 'paused')
    world.recordings.pause(recording, request.form.get('PauseBehavior') === 'skip' ? 'skip' : 'silence');
  else if (status === 'in-progress') world.recordings.resume(recording);
  else if (status === 'stopped') {
    void world.recordings.stop(recording.sid);
    return { status: 200, json: recordingResource(world, { ...recording, status: 'stopped' }, 'written') };
  } else throw new RestError(400, 20001, `Status ${String(status)} is not valid`);
  return { status: 200, json: recordingResource(world, recording, 'written') };
};
