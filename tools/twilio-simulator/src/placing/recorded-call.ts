import { FRAME_BYTES, SAMPLE_RATE } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import { z } from 'zod';
import { faultSchema } from '../faults/fault-registry';
import { Call } from '../call/call';
import { newSid } from '../call/sid';
import type { World } from './world';

export const recordedCallSchema = z.object({
  from: z.string().min(1),
  to: z.string().min(1),
  callerSaid: z.string().min(1),
  agentSaid: z.string().min(1),
  recordingStatusCallback: z.url(),
  faults: z.array(faultSchema).default([]),
});

/**
 * A call that is over already, with its recording: nobody talks, no stream is opened, no audio is paced. For what happens
 * after calls, thousands of times. The caller is on the first channel, and speaks first.
 */
export const placeRecorded = async (
  world: World,
  o: z.output<typeof recordedCallSchema>,
): Promise<{ callSid: string; recordingSid: string }> => {
  const number = world.numbers.find(o.to);
  const call = new Call(world, {
    sid: newSid('CA'),
    direction: 'inbound',
    from: o.from,
    to: o.to,
    script: [],
    status: 'in-progress',
    statusCallback: number?.statusCallback
      ? { url: number.statusCallback, method: 'POST', events: ['completed'] }
      : undefined,
  });
  for (const fault of o.faults) world.faults.add({ ...fault, callSid: call.sid });
  const samples = channelsOf(o.callerSaid, o.agentSaid);
  const durationMs = ((samples[0]?.length ?? 0) / SAMPLE_RATE) * 1000;
  call.dialledAtMs = call.createdAtMs;
  call.answeredAtMs = call.createdAtMs - durationMs;
  world.calls.add(call);
  call.end('completed', { byFarEnd: true });
  const recording = await world.recordings.addFinished(call, samples, {
    url: o.recordingStatusCallback,
    method: 'POST',
    events: ['completed'],
  });
  return { callSid: call.sid, recordingSid: recording.sid };
};

/** One after the other, with a second of silence in between. */
const channelsOf = (callerSaid: string, agentSaid: string): Int16Array[] => {
  const caller = encodeSpeech(callerSaid);
  const agent = encodeSpeech(agentSaid);
  const length = caller.length + SAMPLE_RATE + agent.length + FRAME_BYTES;
  const first = new Int16Array(length);
  const second = new Int16Array(length);
  first.set(caller, 0);
  second.set(agent, caller.length + SAMPLE_RATE);
  return [first, second];
};
