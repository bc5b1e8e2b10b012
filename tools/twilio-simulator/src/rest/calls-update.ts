import { callResource } from '../call/call-resource';
import { notFound, RestError } from './rest-error';
import type { RestHandler } from './rest-routes';

const MAX_TWIML_CHARACTERS = 4_000;

/** Ends a call or gives it new instructions. 200 means accepted: the new instructions are fetched after the answer. */
export const updateCall: RestHandler = (world, request) => {
  const { form } = request;
  const sid = request.params['callSid'] ?? '';
  const call = world.calls.get(sid);
  if (!call) {
    if (world.calls.resource(sid)) throw notInProgress();
    throw notFound(request.path);
  }
  const status = form.get('Status');
  const url = form.get('Url');
  const twiml = form.get('Twiml');
  const timeLimit = form.get('TimeLimit');
  if (url !== undefined && twiml !== undefined)
    throw new RestError(400, 21211, 'Url and Twiml are mutually exclusive');
  if (twiml !== undefined && twiml.length > MAX_TWIML_CHARACTERS)
    throw new RestError(400, 21218, `Twiml must be at most ${MAX_TWIML_CHARACTERS} characters`);
  if (url !== undefined && !/^https?:\/\//i.test(url))
    throw new RestError(400, 21205, `Url is not a valid URL: ${url}`);
  if (status !== undefined && status !== 'completed' && status !== 'canceled')
    throw new RestError(400, 21220, `Invalid call state: ${status}`);
  if (call.isOver) throw notInProgress();
  call.book.note('rest-update', { status, url, twiml: twiml?.slice(0, 4_000) });
  if (timeLimit !== undefined) call.limitTime(Number(timeLimit));
  if (status === 'completed') call.end(call.answeredAtMs === undefined ? 'canceled' : 'completed');
  if (status === 'canceled' && call.answeredAtMs === undefined)
    call.end('canceled', { silent: call.status === 'queued' });
  if (url !== undefined || twiml !== undefined) {
    const program = world.programs.get(sid);
    if (call.status !== 'in-progress' || !program) throw notInProgress();
    program.start(
      url === undefined
        ? { kind: 'twiml', twiml: twiml ?? '' }
        : {
            kind: 'url',
            url,
            method: form.get('Method')?.toUpperCase() === 'GET' ? 'GET' : 'POST',
            params: {},
            purpose: 'redirect-url',
            fallback: fallbackOf(form.get('FallbackUrl'), form.get('FallbackMethod')),
          },
    );
  }
  return { status: 200, json: callResource(call) };
};

const notInProgress = (): RestError => new RestError(400, 21220, 'Call is not in-progress. Cannot redirect.');

const fallbackOf = (
  url: string | undefined,
  method: string | undefined,
): { url: string; method: 'GET' | 'POST' } | undefined =>
  url === undefined ? undefined : { url, method: method?.toUpperCase() === 'GET' ? 'GET' : 'POST' };
