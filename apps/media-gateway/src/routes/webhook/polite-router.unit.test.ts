import { HttpProblem, type ServiceRouter, type WebhookAnswer, type WebhookRequest } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { GatewayEvents } from '../../events';
import { type Gateway } from '../../gateway';
import { callSidOf } from './announced-call';
import { countingRouter, politeRouter } from './polite-router';

type Handler = Parameters<ServiceRouter['webhook']>[1];
const request = {} as WebhookRequest;

const world = () => {
  const metrics = new Metrics({ withProcessMetrics: false });
  const handlers = new Map<string, Handler>();
  const router = {
    webhook: (path: string, handler: Handler) => handlers.set(path, handler),
  } as unknown as ServiceRouter;
  const gateway = {
    parts: { events: new GatewayEvents(silentLogger, metrics) },
    profileOfNumber: (number: string) => (number === '+14155550001' ? { id: 'ours' } : undefined),
    answers: { fallbackTwiml: (businessId: string | null) => `<fallback of ${businessId}/>` },
  } as unknown as Gateway;
  const ask = (path: string, form: Record<string, string>): Promise<WebhookAnswer> =>
    handlers.get(path)!(form, request);
  return { router, gateway, ask, metrics };
};

describe('a webhook whose answer the caller hears', () => {
  it.each([
    ['CallSid missing', {}],
    ['CallSid empty', { CallSid: '' }],
    ['CallSid of another kind', { CallSid: `RE${'0'.repeat(32)}` }],
    ['CallSid huge', { CallSid: 'CA'.repeat(30_000) }],
    ['CallSid a path', { CallSid: '../../etc/passwd' }],
  ])('answers the fallback, and counts: %s', async (_, form) => {
    const { router, gateway, ask, metrics } = world();
    politeRouter(router, gateway).webhook('/x', (fields) =>
      Promise.resolve({ twiml: `<Response>${callSidOf(fields)}</Response>` }),
    );
    expect(await ask('/x', { ...form, To: '+14155550001' })).toEqual({ twiml: '<fallback of ours/>' });
    expect(await ask('/x', { ...form, From: '+14155550001' })).toEqual({ twiml: '<fallback of ours/>' });
    expect(await ask('/x', form)).toEqual({ twiml: '<fallback of null/>' });
    expect((await metrics.render()).body).toContain(
      'gateway_refused_total{at="webhook",reason="bad-field"} 3',
    );
  });

  it('answers the fallback for a fault of ours, thrown or rejected', async () => {
    const { router, gateway, ask } = world();
    politeRouter(router, gateway).webhook('/thrown', () => {
      throw new Error('boom');
    });
    politeRouter(router, gateway).webhook('/rejected', () => Promise.reject(new Error('boom')));
    expect(await ask('/thrown', {})).toEqual({ twiml: '<fallback of null/>' });
    expect(await ask('/rejected', {})).toEqual({ twiml: '<fallback of null/>' });
  });

  it('leaves every other answer as it is', async () => {
    const { router, gateway, ask } = world();
    politeRouter(router, gateway).webhook('/x', () => Promise.resolve({ twiml: '<Response/>' }));
    expect(await ask('/x', {})).toEqual({ twiml: '<Response/>' });
  });
});

describe('a webhook that nobody hears', () => {
  it('keeps its problem, and is counted', async () => {
    const { router, gateway, ask, metrics } = world();
    countingRouter(router, gateway).webhook('/x', (form) => Promise.resolve({ twiml: callSidOf(form) }));
    await expect(ask('/x', {})).rejects.toBeInstanceOf(HttpProblem);
    expect((await metrics.render()).body).toContain('{at="webhook",reason="bad-field"} 1');
  });
});
