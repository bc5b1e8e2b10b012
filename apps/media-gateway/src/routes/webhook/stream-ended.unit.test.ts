import { type ServiceRouter } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { publicUrlOf, StreamTokens } from '@frontdesk/telephony';
import { type AnnouncedCall } from '../../calls/announced-call';
import { CallUrls } from '../../calls/call-urls';
import { GatewayEvents } from '../../events';
import { type Gateway } from '../../gateway';
import { StreamRegistry } from '../../streams/stream-registry';
import { streamEnded } from './stream-ended';

const callSid = `CA${'0'.repeat(32)}`;
type Handler = (
  form: Record<string, string>,
  request: { traceparent: string; query: URLSearchParams },
) => Promise<unknown>;

/** A replica that has never heard of the call, as after the death of the one that had it. */
const replica = () => {
  const reconnected: [AnnouncedCall, number, number][] = [];
  const urls = new CallUrls({
    tokens: new StreamTokens(['a-secret-of-32-characters-or-more']),
    publicUrl: publicUrlOf({ publicUrl: 'https://calls.example.com' }),
    internalUrl: () => 'http://10.0.0.1:3001',
  });
  const gateway = {
    parts: {
      registry: new StreamRegistry(),
      peers: { ask: () => Promise.resolve([]) },
      urls,
      events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
    },
    profileOfNumber: (number: string) => (number === '+14155550001' ? { id: 'luna' } : undefined),
    answers: {
      reconnect: (...args: [AnnouncedCall, number, number]) => {
        reconnected.push(args);
        return '<Connect/>';
      },
    },
  } as unknown as Gateway;
  let handler: Handler = () => Promise.resolve();
  const router = { webhook: (_path: string, h: Handler) => (handler = h) } as unknown as ServiceRouter;
  streamEnded(router, gateway, { isLeaving: () => false });
  return {
    reconnected,
    urls,
    post: (form: Record<string, string>, query = '') =>
      handler(form, { traceparent: '', query: new URLSearchParams(query) }),
  };
};

const live = { CallSid: callSid, CallStatus: 'in-progress' };

describe('/webhook/stream_ended', () => {
  it.each([
    ['inbound', { Direction: 'inbound', From: '+14155550002', To: '+14155550001' }],
    ['outbound', { Direction: 'outbound-api', From: '+14155550001', To: '+14155550002' }],
  ])(
    'takes up an %s call that nobody knows any more with the business of its number',
    async (direction, form) => {
      const { reconnected, post } = replica();
      expect(await post({ ...live, ...form })).toEqual({ twiml: '<Connect/>' });
      expect(reconnected).toMatchObject([[{ businessId: 'luna', direction }, 2, 1]]);
    },
  );

  it('knows business, attempt, generation and resumes of a call that nobody knows by its URL', async () => {
    const { reconnected, post, urls } = replica();
    const businessId = '0190c7a0-0000-7000-8000-000000000001';
    const attemptId = '0190c7a0-0000-7000-8000-000000000002';
    const twiml = urls.streamTwiml({ callSid, businessId, attemptId, generation: 3, resumes: 1 });
    const query = /stream_ended\?([^"]+)"/.exec(twiml)![1]!;
    await post({ ...live, Direction: 'outbound-api' }, query);
    expect(reconnected).toMatchObject([[{ businessId, attemptId, direction: 'outbound' }, 4, 2]]);
  });

  it('does not believe a URL that was made for another call', async () => {
    const { reconnected, post, urls } = replica();
    const other = { callSid: `CA${'1'.repeat(32)}`, businessId: null, attemptId: null };
    const twiml = urls.streamTwiml({ ...other, generation: 3, resumes: 1 });
    await post(live, /stream_ended\?([^"]+)"/.exec(twiml)![1]!);
    expect(reconnected).toMatchObject([[{}, 2, 1]]);
  });
});
