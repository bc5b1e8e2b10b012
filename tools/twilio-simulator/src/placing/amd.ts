import type { Call } from '../call/call';
import type { CalleeResponse } from '../call/callees';
import { waitWhileAlive } from '../call/wait';
import type { World } from './world';

/** Machine detection as asked for when the call was created. */
export interface AmdRequest {
  readonly mode: 'Enable' | 'DetectMessageEnd';
  readonly isAsync: boolean;
  readonly callback: { readonly url: string; readonly method: 'GET' | 'POST' } | undefined;
}

type Answered = Extract<CalleeResponse, { kind: 'answer' }>;

/** `Enable` only ever says that a machine began; `DetectMessageEnd` waits for the end of its greeting. */
export const verdictOf = (amd: AmdRequest, answer: Answered): Record<string, string> => {
  let { answeredBy } = answer;
  if (answeredBy.startsWith('machine_')) {
    if (amd.mode === 'Enable') answeredBy = 'machine_start';
    else if (answeredBy === 'machine_start') answeredBy = 'machine_end_beep';
  }
  return { AnsweredBy: answeredBy, MachineDetectionDuration: String(answer.amdAfterMs) };
};

/** Tells the verdict to the callback while the call already runs; a call over by then gives `unknown`. */
export const detectAsync = async (
  world: World,
  call: Call,
  amd: AmdRequest,
  answer: Answered,
): Promise<void> => {
  const isAlive = await waitWhileAlive(world.clock, call, answer.amdAfterMs);
  const verdict = verdictOf(amd, answer);
  if (!isAlive) verdict['AnsweredBy'] = 'unknown';
  call.answeredBy = verdict['AnsweredBy'] ?? null;
  if (!amd.callback) return;
  const send = (): Promise<unknown> =>
    world.webhooks.send({
      kind: 'amd-callback',
      url: amd.callback?.url ?? '',
      method: amd.callback?.method ?? 'POST',
      params: { AccountSid: call.accountSid, CallSid: call.sid, ...verdict },
      callSid: call.sid,
      to: call.to,
      book: call.book,
      expects: 'nothing',
      idempotencyToken: `${call.sid}-amd`,
    });
  const isAbout = (fault: { text(name: string): string | undefined }): boolean =>
    fault.text('event') === 'amd';
  if (world.faults.take('callback-dropped', call.subject, isAbout)) return;
  await send();
  if (world.faults.take('callback-duplicated', call.subject, isAbout)) await send();
};
