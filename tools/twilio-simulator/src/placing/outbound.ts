import type { Instructions } from '../twiml/outcome';
import { CallProgram } from '../twiml/program/call-program';
import type { StartRecording } from '../recording/recording-store';
import { type AmdRequest, detectAsync, verdictOf } from './amd';
import { Call } from '../call/call';
import { dialLeg } from '../call/dial-leg';
import { newSid } from '../call/sid';
import type { StatusCallbackTarget } from '../call/status-callbacks';
import { waitWhileAlive } from '../call/wait';
import type { World } from './world';

export interface OutboundCall {
  readonly to: string;
  readonly from: string;
  readonly instructions: Instructions;
  readonly statusCallback: StatusCallbackTarget | undefined;
  readonly ringTimeoutMs: number;
  readonly timeLimitS: number | undefined;
  readonly record: StartRecording | undefined;
  readonly amd: AmdRequest | undefined;
}

/** A call asked for by REST: queued now, dialled when the account's rate allows. */
export const placeOutbound = (world: World, o: OutboundCall): Call => {
  const call = new Call(world, {
    sid: newSid('CA'),
    direction: 'outbound-api',
    from: o.from,
    to: o.to,
    script: [],
    status: 'queued',
    statusCallback: o.statusCallback,
    timeLimitS: o.timeLimitS,
  });
  world.calls.add(call);
  world.dialQueue.add(() => {
    if (!call.isOver) void run(world, call, o);
  });
  return call;
};

const run = async (world: World, call: Call, o: OutboundCall): Promise<void> => {
  const answer = await dialLeg(world, call, o.ringTimeoutMs);
  if (!answer || call.isOver) return;
  if (o.record) world.recordings.start(call, o.record);
  const program = new CallProgram(world, call);
  world.programs.set(call.sid, program);
  let instructions = o.instructions;
  if (o.amd?.isAsync) void detectAsync(world, call, o.amd, answer);
  else if (o.amd) {
    // The instructions are asked for only when it is known who answered.
    if (!(await waitWhileAlive(world.clock, call, answer.amdAfterMs))) return;
    const verdict = verdictOf(o.amd, answer);
    call.answeredBy = verdict['AnsweredBy'] ?? null;
    if (instructions.kind === 'url')
      instructions = { ...instructions, params: { ...instructions.params, ...verdict } };
  }
  program.start(instructions);
};
