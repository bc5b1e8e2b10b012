import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../parts';
import { serveDeleteCall } from './api/delete-call';
import { serveGetCall } from './api/get-call';
import { serveRecording } from './api/get-recording';
import { serveGetTranscript } from './api/get-transcript';
import { serveListCalls } from './api/list-calls';
import { serveListEvents } from './api/list-events';
import { serveTurns } from './api/list-turns';
import { serveRetention } from './api/retention';
import { serveRetryTranscription } from './api/retry-transcription';
import { serveStartRecording } from './internal/start-recording';
import { serveHandleRecording } from './webhook/handle-recording';
import { serveRecordingStatus } from './webhook/recording-status';

export const serveRoutes = (router: ServiceRouter, parts: Parts): void => {
  serveListCalls(router, parts);
  serveGetCall(router, parts);
  serveDeleteCall(router, parts);
  serveRecording(router, parts);
  serveGetTranscript(router, parts);
  serveTurns(router, parts);
  serveListEvents(router, parts);
  serveRetention(router, parts);
  serveRetryTranscription(router, parts);
  serveStartRecording(router, parts);
  serveRecordingStatus(router, parts);
  serveHandleRecording(router, parts);
};
