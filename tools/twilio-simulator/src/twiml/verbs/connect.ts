import { MediaStream, type StreamEvents } from '../../stream/media-stream';
import { informAction } from '../inform-action';
import {
  aborted,
  actionInstructions,
  methodOf,
  NEXT,
  resolveUrl,
  TwimlError,
  type Verb,
  type VerbContext,
} from '../outcome';

/** Name and value of a Parameter together. */
const MAX_PARAMETER_CHARACTERS = 500;

/**
 * `<Connect><Stream>`: blocks until the stream ends. Ended by the server or by an error: the action, or the next verb.
 * Interrupted by the end of the call or by a redirect: the action request, where it is still made, changes nothing.
 */
export const connect: Verb = async (context) => {
  const { world, call, signal } = context;
  const element = context.element.children.find((child) => child.name === 'Stream');
  if (!element) throw new TwimlError(12200, '<Connect> has no <Stream>');
  const track = element.attributes['track'];
  if (track && track !== 'inbound_track') throw new TwimlError(31941, `invalid track "${track}"`);
  const action = context.element.attributes['action'];
  const stream: MediaStream = new MediaStream(
    world,
    call,
    {
      url: streamUrl(context, element.attributes['url'] ?? ''),
      name: element.attributes['name'] ?? '',
      customParameters: parametersOf(context),
    },
    streamCallback(context, () => stream.streamSid),
  );
  call.streams.push(stream);
  stream.open();
  await Promise.race([stream.ended, aborted(signal)]);
  if (!signal.aborted)
    return action === undefined
      ? NEXT
      : { kind: 'goto', instructions: actionInstructions(context, action, {}) };
  stream.stop();
  if (action !== undefined) informAction(context, action);
  return NEXT;
};

/** As written; a relative one becomes the wss form of the document's own origin. */
const streamUrl = (context: VerbContext, url: string): string =>
  /^\w+:/.test(url) ? url : resolveUrl(context, url).replace(/^http/i, 'ws');

const parametersOf = ({ call, element }: VerbContext): Record<string, string> => {
  const stream = element.children.find((child) => child.name === 'Stream');
  const parameters: Record<string, string> = {};
  for (const { name, attributes } of stream?.children ?? []) {
    if (name !== 'Parameter') continue;
    const key = attributes['name'] ?? '';
    const value = attributes['value'] ?? '';
    if (key.length + value.length >= MAX_PARAMETER_CHARACTERS)
      call.book.warn(
        12200,
        `<Parameter name="${key}"> has ${key.length + value.length} characters, under 500 allowed`,
      );
    else parameters[key] = value;
  }
  return parameters;
};

const streamCallback = (context: VerbContext, streamSid: () => string): StreamEvents => {
  const { world, call, element } = context;
  const stream = element.children.find((child) => child.name === 'Stream');
  const callback = stream?.attributes['statusCallback'];
  if (!stream || !callback) return () => undefined;
  const url = resolveUrl(context, callback);
  return (event, error) => {
    if (world.faults.take('callback-dropped', call.subject, (fault) => fault.text('event') === event)) return;
    const params: Record<string, string> = {
      AccountSid: call.accountSid,
      CallSid: call.sid,
      StreamSid: streamSid(),
      StreamName: stream.attributes['name'] ?? streamSid(),
      StreamEvent: event,
      Timestamp: new Date(world.clock.now()).toISOString(),
      ...(error ? { StreamError: error } : {}),
    };
    void world.webhooks
      .send({
        kind: 'stream-callback',
        url,
        method: methodOf(stream, 'statusCallbackMethod'),
        params,
        callSid: call.sid,
        to: call.to,
        book: call.book,
        expects: 'nothing',
      })
      .then((result) => {
        if (!result.ok) call.book.warn(15003, 'Stream: status callback failed', result.failure.message);
      });
  };
};
