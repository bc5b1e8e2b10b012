import { liveCallsEventSchema, type LiveCall } from '@frontdesk/contracts';
import { mintServiceToken } from '@frontdesk/http';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall } from './replicated-call';

const number = '+14155550019';
const talks = [
  { waitForSilenceMs: 400 },
  { say: 'what time is it' },
  { waitForSilenceMs: 400 },
  { pauseMs: 2500 },
  { hangUp: true as const },
];

describe('the live calls as a stream of events', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await GatewayWorld.start([business(number, 'welcome')], {}, { replicas: 2 });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('need a service token', async () => {
    const url = `${world.fleet.replicas[0]!.url}/internal/live-calls/events`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { Authorization: 'Bearer x.y.z' } })).status).toBe(401);
  });

  it('tell of a call of another gateway while it lives: who speaks, what was said, and that it is over', async () => {
    const [asked, other] = world.fleet.replicas;
    await world.router.steer('/ws', other!.url);
    const claims = {
      sub: 'console',
      role: 'service' as const,
      businessIds: '*' as const,
      aud: 'media-gateway' as const,
    };
    const token = mintServiceToken(claims, [world.secrets.internalApiToken]);
    const stop = new AbortController();
    const response = await fetch(`${asked!.url}/internal/live-calls/events`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const call = await ReplicatedCall.ring(world, number, talks);
    const seen: LiveCall[] = [];
    for await (const calls of listsIn(response)) {
      const mine = calls.find(({ callSid }) => callSid === call.callSid);
      if (mine) seen.push(mine);
      else if (seen.length > 0) break;
    }
    stop.abort();
    expect(new Set(seen.map(({ direction }) => direction))).toEqual(new Set(['inbound']));
    expect(seen.map(({ speaking }) => speaking)).toContain('agent');
    expect(seen.map(({ lastWords }) => lastWords)).toContain('you said: what time is it');
    expect(seen.at(-1)!.durationMs).toBeGreaterThan(seen[0]!.durationMs);
  });
});

/** What each `calls` event lists. */
const listsIn = async function* (response: Response): AsyncGenerator<LiveCall[]> {
  let text = '';
  for await (const bytes of response.body!) {
    text += Buffer.from(bytes).toString('utf8');
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = /^event: calls\ndata: (.*)$/.exec(event)?.[1];
      if (data) yield liveCallsEventSchema.parse(JSON.parse(data)).calls;
    }
  }
};
