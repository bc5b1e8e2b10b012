import { randomBytes } from 'node:crypto';
import { type CallEvent, callEventSchema, topics, type Turn } from '@frontdesk/contracts';
import { connectKafka } from '@frontdesk/messaging';
import { Metrics, silentLogger } from '@frontdesk/observability';

/** Every call event that is published from now on, as recording-service would get them. */
export class CallEvents implements AsyncDisposable {
  private readonly events: CallEvent[] = [];

  private constructor(private readonly release: () => Promise<void>) {}

  static async follow(brokers: string[]): Promise<CallEvents> {
    const metrics = new Metrics({ withProcessMetrics: false });
    const bus = await connectKafka({ brokers, clientId: 'test', logger: silentLogger, metrics });
    const followed = new CallEvents(async () => bus[Symbol.asyncDispose]());
    await bus.subscribe({
      topic: topics.callEvents,
      group: `test-${randomBytes(6).toString('hex')}`,
      schema: callEventSchema,
      handle: ({ value }) => {
        followed.events.push(value);
        return Promise.resolve();
      },
    });
    return followed;
  }

  /** Of a call, as they came; in the order of generation and seq they make its log. */
  of(callSid: string): CallEvent[] {
    return this.events.filter(({ data }) => data.callSid === callSid);
  }

  /** The turns that recording-service would have written. */
  turnsOf(callSid: string): Turn[] {
    return this.of(callSid)
      .flatMap((event) => (event.type === 'call.turn' ? [event.data] : []))
      .sort((a, b) => a.generation - b.generation || a.turn - b.turn || a.seq - b.seq);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
