import { downloadCallRecording, getCallRecording, type ServiceTokenClaims } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type FileHandle } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { RecordingFileError } from '../../files/recording-file-error';
import { type RecordingFile } from '../../files/recording-files';
import { type Parts } from '../../parts';
import { type RecordingRow } from '../../store/entities';
import { findCall, recordingsOf } from '../../store/queries/find-call';
import { parseByteRange } from './byte-range';

interface Asked {
  params: { sid: string };
  query: { recordingSid?: string | undefined };
  caller: ServiceTokenClaims;
  express: IncomingMessage;
}

/** Playback and download of the same file. */
export const serveRecording = (router: ServiceRouter, parts: Parts): void => {
  const send = async (asked: Asked, response: ServerResponse, isDownload: boolean): Promise<void> => {
    const recording = await chosenRecording(parts, asked);
    const { file, handle } = await openFile(parts, recording, response);
    try {
      if (isDownload)
        response.setHeader(
          'Content-Disposition',
          `attachment; filename="${recording.fileStem}.${file.format}"`,
        );
      await sendFile({ file, handle }, recording, asked.express, response);
    } finally {
      await handle.close();
    }
  };
  router.stream(getCallRecording, (asked, response) => send(asked, response, false));
  router.stream(downloadCallRecording, (asked, response) => send(asked, response, true));
};

/** The one asked for, else the one that the call's `recording_url` names. */
const chosenRecording = async (
  { database }: Parts,
  { params, query, caller }: Asked,
): Promise<RecordingRow> => {
  const { manager } = database.dataSource;
  const { callSid } = await findCall(manager, params.sid, caller);
  const recordings = await recordingsOf(manager, [callSid]);
  const recording = query.recordingSid
    ? recordings.find(({ recordingSid }) => recordingSid === query.recordingSid)
    : recordings.find(({ kind }) => kind !== 'transfer');
  if (!recording) throw new HttpProblem(404, 'This call has no recording');
  return recording;
};

const RETRY_AFTER_SECONDS = 5;

interface OpenFile {
  file: RecordingFile;
  handle: FileHandle;
}

const openFile = async (
  { files }: Parts,
  recording: RecordingRow,
  response: ServerResponse,
): Promise<OpenFile> => {
  try {
    return await files.openRecordingFile(recording);
  } catch (error) {
    if (!(error instanceof RecordingFileError)) throw error;
    if (error.failure === 'gone') throw new HttpProblem(404, 'This call has no recording', error.message);
    if (error.isRetryable) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
    if (error.failure === 'not-ready')
      throw new HttpProblem(503, 'The recording is being processed', error.message);
    if (error.failure === 'busy')
      throw new HttpProblem(503, 'Too many recordings are being fetched', error.message);
    if (error.failure === 'no-space')
      throw new HttpProblem(507, 'There is no space for the recording', error.message);
    throw new HttpProblem(502, 'The recording could not be fetched', error.message);
  }
};

const sendFile = async (
  { file, handle }: OpenFile,
  recording: RecordingRow,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { size } = await handle.stat();
  const entityTag = `"${recording.recordingSid}-${size}"`; // one recording's bytes never change
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === entityTag;
  const range = isSame ? parseByteRange(request.headers.range, size) : null;
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${size}`);
    throw new HttpProblem(416, 'The range is beyond the end of the recording');
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  response.writeHead(range ? 206 : 200, {
    'Content-Type': file.contentType,
    'Content-Length': last - first + 1,
    'Accept-Ranges': 'bytes',
    ETag: entityTag,
    ...(range ? { 'Content-Range': `bytes ${first}-${last}/${size}` } : {}),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(handle.createReadStream({ start: first, end: last, autoClose: false }), response);
  } catch (error) {
    // The reader went away in the middle: its business.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
};
