import { Call } from '../../call/call';
import { dialLeg } from '../../call/dial-leg';
import { newSid } from '../../call/sid';
import type { CallProgressEvent, StatusCallbackTarget } from '../../call/status-callbacks';
import { bridge } from '../../line/bridge';
import { recordingCallbackOf } from '../recording-callback-of';
import type { TwimlElement } from '../parse';
import { informAction } from '../inform-action';
import {
  aborted,
  actionInstructions,
  methodOf,
  NEXT,
  numberOf,
  resolveUrl,
  type Verb,
  type VerbContext,
} from '../outcome';
import { waitMs } from './simple';

const RING_S = 30;
const TIME_LIMIT_S = 14_400;

/**
 * `<Dial>` of one number: a leg of its own, connected to this one when it answers. Then the action with what became of
 * it, or the next verb.
 */
export const dial: Verb = async (context) => {
  const { world, call, element, signal } = context;
  const number = element.children.find((child) => child.name === 'Number');
  const to = (number?.text ?? element.text).replace(/[\s()-]/g, '');
  const leg = new Call(world, {
    sid: newSid('CA'),
    direction: 'outbound-dial',
    from: element.attributes['callerId'] ?? (call.direction === 'inbound' ? call.from : call.to),
    to,
    parentCallSid: call.sid,
    script: [],
    status: 'queued',
    statusCallback: number ? callbackOf(context, number) : undefined,
  });
  world.calls.add(leg);
  call.book.note('leg-dialled', { callSid: leg.sid, to });
  const ended = aborted(signal).then(() =>
    leg.end(leg.answeredAtMs === undefined ? 'canceled' : 'completed'),
  );
  await Promise.race([dialLeg(world, leg, numberOf(element, 'timeout', RING_S) * 1000), ended]);
  if (leg.answeredAtMs !== undefined && !leg.isOver) await talk(context, leg);
  const params = {
    DialCallStatus: leg.status,
    DialCallSid: leg.sid,
    DialBridged: String(leg.answeredAtMs !== undefined),
    ...(leg.answeredAtMs === undefined ? {} : { DialCallDuration: String(leg.durationS) }),
  };
  const action = element.attributes['action'];
  if (!signal.aborted)
    return action === undefined
      ? NEXT
      : { kind: 'goto', instructions: actionInstructions(context, action, params) };
  if (action !== undefined) informAction(context, action, params);
  return NEXT;
};

/** Both hear each other until one leaves, the time is up, or the caller presses star where that ends it. */
const talk = async (context: VerbContext, leg: Call): Promise<void> => {
  const { world, call, element, signal } = context;
  if (!call.line || !leg.line) return;
  const part = bridge(call.line, leg.line);
  call.book.note('bridged', { callSid: leg.sid });
  const record = element.attributes['record'] ?? 'do-not-record';
  if (record.startsWith('record-from'))
    world.recordings.start(call, {
      source: 'DialVerb',
      channels: record.endsWith('-dual') ? 2 : 1,
      track: 'both',
      trim: element.attributes['trim'] === 'trim-silence',
      callback: recordingCallbackOf(context),
    });
  const stopListening = call.onDigit((digit) => {
    if (digit === '*' && element.attributes['hangupOnStar'] === 'true') leg.end('completed');
  });
  const limitMs = Math.min(TIME_LIMIT_S, numberOf(element, 'timeLimit', TIME_LIMIT_S)) * 1000;
  const over = new AbortController();
  void leg.ended.then(() => over.abort());
  await Promise.race([waitMs(world.clock, limitMs, over.signal), aborted(signal)]);
  stopListening();
  part();
  leg.end('completed');
  const recording = world.recordings.current(call.sid);
  if (recording?.source === 'DialVerb') void world.recordings.stop(recording.sid);
};

const callbackOf = (context: VerbContext, number: TwimlElement): StatusCallbackTarget | undefined => {
  const url = number.attributes['statusCallback'];
  if (!url) return undefined;
  const events = number.attributes['statusCallbackEvent'] ?? 'completed';
  return {
    url: resolveUrl(context, url),
    method: methodOf(number, 'statusCallbackMethod'),
    events: events.split(' ') as CallProgressEvent[],
  };
};
