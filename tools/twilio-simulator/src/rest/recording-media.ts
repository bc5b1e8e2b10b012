import { readFile } from 'node:fs/promises';
import { parseWav, writeWav } from '@frontdesk/audio';
import { mixed } from '../recording/recorder';
import { notFound, RestError } from './rest-error';
import type { RestHandler } from './rest-routes';

/**
 * The file: WAV, 8 kHz, 16 bit, with `.wav` or without a suffix. 404 until it is complete and for `.mp3`, which nothing
 * here can encode; 400 when two channels are asked of one.
 */
export const recordingMedia: RestHandler = async (world, request) => {
  const [, sid = '', suffix = ''] = /^([^.]*)(\..*)?$/.exec(request.params['recordingSid'] ?? '') ?? [];
  const recording = world.recordings.get(sid);
  if (!recording || recording.status !== 'completed') throw notFound(request.path);
  if (suffix !== '' && suffix !== '.wav') throw notFound(request.path);
  if (!world.recordings.isReadyNow(recording)) throw notFound(request.path);
  const requested = request.query.get('RequestedChannels');
  if (requested === '2' && recording.channels === 1)
    throw new RestError(400, 16113, 'The recording has one channel');
  const file = await readFile(world.recordings.path(sid)).catch(() => {
    throw notFound(request.path);
  });
  const isMix = requested === '1' && recording.channels === 2;
  const bytes = isMix ? mixdown(file) : file;
  const subject = { callSid: recording.callSid, to: undefined };
  const isCut = world.faults.take('recording-cut', subject) !== undefined;
  return { status: 200, bytes, type: 'audio/x-wav', ...(isCut && { cutAfter: bytes.length >> 1 }) };
};

const mixdown = (file: Buffer): Buffer => {
  const wav = parseWav(file);
  return writeWav([mixed(wav.samples)], wav.sampleRate);
};
