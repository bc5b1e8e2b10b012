import { type ServiceRouter } from '@frontdesk/http';
import { type AnnouncedCall, type Gateway } from '../../gateway';
import { StreamRegistry } from '../../streams/stream-registry';
import { streamEnded } from './stream-ended';

const callSid = `CA${'0'.repeat(32)}`;
type Handler = (form: Record<string, string>, request: { traceparent: string }) => Promise<unknown>;

/** A replica that has never heard of the call, as after the death of the one that had it. */
const replica = () => {
  const reconnected: [AnnouncedCall, number][] = [];
  const gateway = {
    parts: { registry: new StreamRegistry(), peers: { ask: () => Promise.resolve([]) } },
    profileOfNumber: (number: string) => (number === '+14155550001' ? { id: 'luna' } : undefined),
    reconnect: (call: AnnouncedCall, generation: number) => {
      reconnected.push([call, generation]);
      return '<Connect/>';
    },
  } as unknown as Gateway;
  let handler: Handler = () => Promise.resolve();
  streamEnded({ webhook: (_path: string, h: Handler) => (handler = h) } as unknown as ServiceRouter, gateway);
  return { reconnected, post: (form: Record<string, string>) => handler(form, { traceparent: '' }) };
};

describe('/webhook/stream_ended', () => {
  it.each([
    ['inbound', { Direction: 'inbound', From: '+14155550002', To: '+14155550001' }],
    ['outbound', { Direction: 'outbound-api', From: '+14155550001', To: '+14155550002' }],
  ])(
    'takes up an %s call that nobody knows any more with the business of its number',
    async (direction, form) => {
      const { reconnected, post } = replica();
      expect(await post({ CallSid: callSid, CallStatus: 'in-progress', ...form })).toEqual({
        twiml: '<Connect/>',
      });
      expect(reconnected).toMatchObject([[{ businessId: 'luna', direction }, 2]]);
    },
  );
});
