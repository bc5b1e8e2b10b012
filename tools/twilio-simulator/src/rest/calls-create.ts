import type { AmdRequest } from '../placing/amd';
import { callResource } from '../call/call-resource';
import { placeOutbound } from '../placing/outbound';
import type { CallProgressEvent, StatusCallbackTarget } from '../call/status-callbacks';
import type { StartRecording } from '../recording/recording-store';
import { RestError } from './rest-error';
import type { RestForm } from './rest-request';
import { checkNumbers, checkUrl, methodOf } from './validation';
import type { RestHandler } from './rest-routes';
import type { Instructions } from '../twiml/outcome';

const DEFAULT_RING_S = 60;
const MAX_RING_S = 600;
const MAX_TWIML_CHARACTERS = 4_000;
const EVENTS: readonly string[] = ['initiated', 'ringing', 'answered', 'completed'];

/** Places a call: 201 with status `queued`; what happens then is told by callbacks. */
export const createCall: RestHandler = (world, { form }) => {
  const { to, from } = checkNumbers(world, form);
  const call = placeOutbound(world, {
    to,
    from,
    instructions: instructionsOf(form),
    statusCallback: statusCallbackOf(form),
    ringTimeoutMs: Math.min(MAX_RING_S, secondsOf(form, 'Timeout') ?? DEFAULT_RING_S) * 1000,
    timeLimitS: secondsOf(form, 'TimeLimit'),
    record: recordOf(form),
    amd: amdOf(form),
  });
  if (hasMalformedEvents(form)) call.book.warn(21626, 'StatusCallbackEvent is malformed: no callbacks');
  if (world.faults.take('create-times-out-after-placing', call.subject)) return 'hang';
  return { status: 201, json: callResource(call) };
};

/** A positive whole number of seconds; what is none is as good as left out. */
const secondsOf = (form: RestForm, name: string): number | undefined => {
  const value = Number(form.get(name) ?? Number.NaN);
  return Number.isInteger(value) && value > 0 ? value : undefined;
};

const instructionsOf = (form: RestForm): Instructions => {
  const url = form.get('Url');
  const twiml = form.get('Twiml');
  if (form.get('ApplicationSid')) throw new RestError(400, 21218, 'ApplicationSid is not known');
  if (url === undefined && twiml === undefined)
    throw new RestError(400, 21205, 'Url, Twiml or ApplicationSid parameter is required');
  if (url === undefined) {
    if ((twiml ?? '').length > MAX_TWIML_CHARACTERS)
      throw new RestError(400, 21218, `Twiml must be at most ${MAX_TWIML_CHARACTERS} characters`);
    return { kind: 'twiml', twiml: twiml ?? '' };
  }
  checkUrl('Url', url);
  const fallback = form.get('FallbackUrl');
  return {
    kind: 'url',
    url,
    method: methodOf(form.get('Method')),
    params: {},
    purpose: 'voice-url',
    fallback: fallback ? { url: fallback, method: methodOf(form.get('FallbackMethod')) } : undefined,
  };
};

/** Malformed events do not make the request fail: no callback comes. */
const hasMalformedEvents = (form: RestForm): boolean =>
  form.all('StatusCallbackEvent').some((event) => !EVENTS.includes(event));

const statusCallbackOf = (form: RestForm): StatusCallbackTarget | undefined => {
  const url = form.get('StatusCallback');
  if (!url) return undefined;
  checkUrl('StatusCallback', url, 21609);
  if (new URL(url).hostname.includes('_'))
    throw new RestError(400, 21609, `StatusCallback is not a valid URL: ${url}`);
  if (hasMalformedEvents(form)) return undefined;
  const events = form.all('StatusCallbackEvent') as CallProgressEvent[];
  return {
    url,
    method: methodOf(form.get('StatusCallbackMethod')),
    events: events.length > 0 ? events : ['completed'],
  };
};

const recordOf = (form: RestForm): StartRecording | undefined => {
  if (form.get('Record') !== 'true') return undefined;
  const callback = form.get('RecordingStatusCallback');
  const events = form.all('RecordingStatusCallbackEvent').flatMap((value) => value.split(' '));
  const track = form.get('RecordingTrack');
  return {
    source: 'OutboundAPI',
    channels: form.get('RecordingChannels') === 'dual' ? 2 : 1,
    track: track === 'inbound' || track === 'outbound' ? track : 'both',
    trim: form.get('Trim') !== 'do-not-trim',
    callback: callback
      ? {
          url: callback,
          method: methodOf(form.get('RecordingStatusCallbackMethod')),
          events: events.length > 0 ? events : ['completed'],
        }
      : undefined,
  };
};

/** Machine detection; digits to send switch it off. */
const amdOf = (form: RestForm): AmdRequest | undefined => {
  const mode = form.get('MachineDetection');
  if ((mode !== 'Enable' && mode !== 'DetectMessageEnd') || form.get('SendDigits')) return undefined;
  const url = form.get('AsyncAmdStatusCallback');
  return {
    mode,
    isAsync: form.get('AsyncAmd') === 'true',
    callback: url ? { url, method: methodOf(form.get('AsyncAmdStatusCallbackMethod')) } : undefined,
  };
};
