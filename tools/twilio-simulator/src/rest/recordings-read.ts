import type { World } from '../placing/world';
import type { Recording } from '../recording/recording';
import { pageOf } from './paging';
import { recordingResource } from './recording-resource';
import { notFound } from './rest-error';
import type { RestRequest } from './rest-request';
import type { RestHandler } from './rest-routes';

/** The recording the path names, or 404; `Twilio.CURRENT` is the one that runs. */
export const findRecording = (world: World, request: RestRequest): Recording => {
  const { callSid, recordingSid = '' } = request.params;
  const recording =
    recordingSid === 'Twilio.CURRENT' && callSid
      ? world.recordings.current(callSid)
      : world.recordings.get(recordingSid);
  if (!recording || (callSid && recording.callSid !== callSid)) throw notFound(request.path);
  return recording;
};

export const fetchRecording: RestHandler = (world, request) => {
  const recording = findRecording(world, request);
  const mayShow = recording.status !== 'deleted' || request.form.get('IncludeSoftDeleted') === 'true';
  if (!mayShow) throw notFound(request.path);
  return { status: 200, json: recordingResource(world, recording, 'read') };
};

/** Recordings of the account or of one call, newest first. */
export const listRecordings: RestHandler = (world, request) => {
  const { form, params } = request;
  const callSid = params['callSid'] ?? form.get('CallSid');
  const after = form.get('DateCreated>');
  const before = form.get('DateCreated<');
  const shown = world.recordings
    .list()
    .filter((recording) => callSid === undefined || recording.callSid === callSid)
    .filter((recording) => recording.status !== 'deleted' || form.get('IncludeSoftDeleted') === 'true')
    .filter((recording) => !after || recording.startedAtMs > Date.parse(after) - 1000)
    .filter((recording) => !before || recording.startedAtMs <= Date.parse(before));
  return pageOf(
    'recordings',
    shown.map((recording) => recordingResource(world, recording, 'read')),
    request,
  );
};

export const deleteRecording: RestHandler = async (world, request) => {
  const recording = findRecording(world, request);
  if (recording.status === 'deleted') throw notFound(request.path);
  await world.recordings.delete(recording);
  return { status: 204 };
};
