import { CallProgram } from '../twiml/program/call-program';
import type { Fault } from '../faults/fault-registry';
import type { Step } from '../script/steps';
import { Call } from '../call/call';
import { newSid } from '../call/sid';
import type { World } from './world';

export interface InboundCall {
  readonly from: string;
  readonly to: string;
  readonly script: readonly Step[];
  readonly faults: readonly Fault[];
}

/** Somebody rings one of the account's numbers; undefined when the account has no such number. */
export const placeInbound = (world: World, o: InboundCall): Call | undefined => {
  const number = world.numbers.find(o.to);
  if (!number) return undefined;
  const call = new Call(world, {
    sid: newSid('CA'),
    direction: 'inbound',
    from: o.from,
    to: o.to,
    script: o.script,
    status: 'ringing',
    statusCallback: number.statusCallback
      ? { url: number.statusCallback, method: 'POST', events: ['completed'] }
      : undefined,
  });
  call.dialledAtMs = call.createdAtMs;
  for (const fault of o.faults) world.faults.add({ ...fault, callSid: call.sid });
  world.calls.add(call);
  const program = new CallProgram(world, call);
  world.programs.set(call.sid, program);
  program.start({
    kind: 'url',
    url: number.voiceUrl,
    method: number.voiceMethod ?? 'POST',
    params: {},
    purpose: 'voice-url',
    fallback: number.fallbackUrl ? { url: number.fallbackUrl, method: 'POST' } : undefined,
  });
  return call;
};
