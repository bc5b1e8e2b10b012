import { type CallEventDetail, type CallEventType, topics } from '@frontdesk/contracts';
import { type BoundedPublisher } from '@frontdesk/messaging';
import { type Fault, type TwilioSim } from '@frontdesk/test-harness';
import { type Random } from '../system/random';

/** A call that was held, as its far end knows it. */
export interface FinishedCall {
  readonly callSid: string;
  readonly recordingSid: string;
  readonly callerSaid: string;
  readonly agentSaid: string;
}

const faults: readonly { readonly share: number; readonly fault: Fault }[] = [
  { share: 0.3, fault: { name: 'recording-not-ready', count: 1, params: { times: 2 } } },
  { share: 0.1, fault: { name: 'callback-duplicated', count: 1, params: { event: 'recording-completed' } } },
  { share: 0.05, fault: { name: 'callback-dropped', count: 1, params: { event: 'recording-completed' } } },
  { share: 0.05, fault: { name: 'recording-cut', count: 1 } },
];

export interface CallMaker {
  readonly twilio: TwilioSim;
  readonly events: Pick<BoundedPublisher, 'offer'>;
  readonly random: Random;
  readonly businessId: string;
  readonly number: string;
  readonly publicUrl: string;
}

/** Has Twilio a finished call with its recording, and tells of it as a gateway would have. */
export const finishCall = async (maker: CallMaker, label: string): Promise<FinishedCall> => {
  const { twilio, random, number, publicUrl } = maker;
  const callerSaid = `question of ${label}`;
  const agentSaid = `answer for ${label}`;
  const from = '+14155558000';
  const struck = faults.filter(({ share }) => random.next() < share).map(({ fault }) => fault);
  const { callSid, recordingSid } = await twilio.addRecordedCall({
    from,
    to: number,
    callerSaid,
    agentSaid,
    recordingStatusCallback: `${publicUrl}/webhook/recording_status#rc=3&rp=ct,rt,5xx`,
    faults: struck,
  });
  tellOf(maker, { callSid, from, callerSaid, agentSaid });
  return { callSid, recordingSid, callerSaid, agentSaid };
};

const tellOf = (
  { events, businessId, number }: CallMaker,
  call: { callSid: string; from: string; callerSaid: string; agentSaid: string },
): void => {
  const { callSid, from } = call;
  const publish = <T extends CallEventType>(
    generation: number,
    seq: number,
    type: T,
    detail: CallEventDetail<T>,
  ): void =>
    events.offer(
      {
        topic: topics.callEvents.name,
        key: callSid,
        value: {
          id: `${callSid}:${generation}:${seq}`,
          type,
          v: 1,
          at: new Date().toISOString(),
          businessId,
          accountSid: null,
          traceparent: null,
          data: { callSid, generation, seq, streamMs: null, ...detail },
        },
      },
      'lifecycle',
    );
  const incoming = { direction: 'inbound' as const, from, to: number, attemptId: null, locale: 'en-US' };
  publish(0, 0, 'call.incoming', incoming);
  publish(1, 0, 'call.turn', turn(0, 'caller', call.callerSaid));
  publish(1, 1, 'call.turn', turn(1, 'agent', call.agentSaid));
  publish(1, 2, 'call.ended', { reason: 'caller-hung-up', durationMs: 6000, figures });
};

const turn = (number: number, speaker: 'caller' | 'agent', said: string): CallEventDetail<'call.turn'> => ({
  turn: number,
  itemId: `item_${number}`,
  speaker,
  said,
  heard: said,
  estimated: false,
  interrupted: false,
  startedAtMs: number * 3000,
  endedAtMs: number * 3000 + 2500,
});

const figures = {
  framesSent: 150,
  framesDropped: 0,
  fps: 50,
  maxGapMs: 25,
  maxQueueDepth: 2,
  underruns: 0,
  bargeIns: 0,
  firstAudioMs: 12,
};
