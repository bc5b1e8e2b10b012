import { isSameInConstantTime } from '@frontdesk/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Strike } from '../faults/fault-registry';
import type { World } from '../placing/world';
import { type Route, route, type RouteAnswer, type RouteHandler, type RouteRequest } from '../http/router';
import { createCall } from './calls-create';
import { fetchCall, listCalls } from './calls-read';
import { updateCall } from './calls-update';
import { recordingMedia } from './recording-media';
import { deleteRecording, fetchRecording, listRecordings } from './recordings-read';
import { startRecording, updateRecording } from './recordings-write';
import { RestError, errorAnswer, notFound } from './rest-error';
import { readForm, type RestRequest } from './rest-request';
import type { RestLog } from './rest-log';

export type RestHandler = (world: World, request: RestRequest) => RouteAnswer | Promise<RouteAnswer>;

const ACCOUNT = '/2010-04-01/Accounts/{accountSid}';

const table: readonly (readonly [method: string, path: string, handler: RestHandler])[] = [
  ['GET', `${ACCOUNT}/Calls.json`, listCalls],
  ['GET', `${ACCOUNT}/Calls/{callSid}.json`, fetchCall],
  ['POST', `${ACCOUNT}/Calls.json`, createCall],
  ['POST', `${ACCOUNT}/Calls/{callSid}.json`, updateCall],
  ['GET', `${ACCOUNT}/Calls/{callSid}/Recordings.json`, listRecordings],
  ['POST', `${ACCOUNT}/Calls/{callSid}/Recordings.json`, startRecording],
  ['GET', `${ACCOUNT}/Calls/{callSid}/Recordings/{recordingSid}.json`, fetchRecording],
  ['POST', `${ACCOUNT}/Calls/{callSid}/Recordings/{recordingSid}.json`, updateRecording],
  ['DELETE', `${ACCOUNT}/Calls/{callSid}/Recordings/{recordingSid}.json`, deleteRecording],
  ['GET', `${ACCOUNT}/Recordings.json`, listRecordings],
  ['GET', `${ACCOUNT}/Recordings/{recordingSid}.json`, fetchRecording],
  ['DELETE', `${ACCOUNT}/Recordings/{recordingSid}.json`, deleteRecording],
  // After the resources: a media URL may have no suffix at all.
  ['GET', `${ACCOUNT}/Recordings/{recordingSid}`, recordingMedia],
];

/** The REST API: each request is authenticated, may be struck by a fault, and is written to the log. */
export const restRoutes = (world: World, log: RestLog): Route[] =>
  table.map(([method, path, handler]) =>
    route(method, path, (request) => serve(world, log, handler, request)),
  );

/** What is no resource here. */
export const unknownResource: RouteHandler = ({ path }) => errorAnswer(notFound(path));

const serve = async (
  world: World,
  log: RestLog,
  handler: RestHandler,
  request: RouteRequest,
): Promise<RouteAnswer> => {
  const form = readForm(request);
  const entry = log.add({
    atMs: world.clock.now(),
    method: request.method,
    path: request.path,
    params: form.asRecord(),
    status: null,
    answer: null,
  });
  let answer: RouteAnswer;
  try {
    authenticate(world, request);
    const slow = strike(world, request, form.get('To'));
    answer = await handler(world, { ...request, form });
    if (slow) await sleep(slow.number('ms', DEFAULT_SLOW_MS));
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    answer = errorAnswer(error);
  }
  if (answer !== 'hang') {
    entry.status = answer.status;
    entry.answer = 'json' in answer ? answer.json : null;
    if ('cutAfter' in answer && answer.cutAfter !== undefined) entry.answer = 'cut';
  }
  return answer;
};

const authenticate = (world: World, request: RouteRequest): void => {
  const given = Buffer.from(request.headers.authorization?.replace(/^Basic /i, '') ?? '', 'base64');
  if (!isSameInConstantTime(`${world.accountSid}:${world.authToken}`, given))
    throw new RestError(401, 20003, 'Authenticate');
  if (request.params['accountSid'] !== world.accountSid) throw notFound(request.path);
};

/** Longer than any client of ours waits. */
const DEFAULT_SLOW_MS = 12_000;

/**
 * 429, 500 and 21220 are answered before anything is done: such a request was never processed. A slow one is processed
 * at once and answered late. With `pathContains` or `method` only those requests are struck.
 * @returns the fault that delays the answer, if one does
 */
const strike = (world: World, request: RouteRequest, to: string | undefined): Strike | undefined => {
  const subject = { callSid: request.params['callSid'], to };
  const fits = (fault: { text(name: string): string | undefined }): boolean =>
    request.path.includes(fault.text('pathContains') ?? '') &&
    [undefined, request.method].includes(fault.text('method'));
  if (world.faults.take('rest-429', subject, fits)) throw new RestError(429, 20429, 'Too Many Requests');
  if (world.faults.take('rest-500', subject, fits)) throw new RestError(500, 20500, 'Internal Server Error');
  if (world.faults.take('rest-21220', subject, fits))
    throw new RestError(400, 21220, 'Call is not in-progress. Cannot redirect.');
  return world.faults.take('rest-slow', subject, fits);
};
