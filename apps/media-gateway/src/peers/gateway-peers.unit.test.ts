import { HttpService } from '@frontdesk/http';
import { getStream, getStreamPast, reportCallOver, reportStreamStarted } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { type AddressInfo, createServer } from 'node:net';
import { GatewayPeers } from './gateway-peers';

const secret = 'a-secret-of-32-characters-or-more';
const callSid = `CA${'1'.repeat(32)}`;
const self = 'http://127.0.0.1:1';

/** Another replica, which knows of a call what it is told to. */
const listen = async (
  knows: { generation: number; refuses?: boolean; isReady?: boolean; instance?: string } | null,
) => {
  const told: string[] = [];
  const service = await HttpService.listen({
    name: 'media-gateway',
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    metrics: new Metrics({ withProcessMetrics: false }),
    readiness: {
      calls: () => {
        if (!knows?.isReady) throw new Error('not ready');
      },
    },
    bearer: { secrets: [secret], audience: 'media-gateway' },
    openapi: { title: 'double', endpoints: [getStream, getStreamPast, reportStreamStarted, reportCallOver] },
    routes: (router) => {
      router.handle(getStream, ({ params }) => {
        if (!knows) throw new HttpProblem(404, 'Unknown call');
        const { generation, instance } = knows;
        return Promise.resolve({
          ...params,
          owner: true,
          generation,
          phase: 'live',
          streamSid: null,
          instance,
        });
      });
      router.handle(getStreamPast, () => {
        if (!knows) throw new HttpProblem(404, 'Unknown call');
        const turn = { role: 'caller' as const, text: 'hello' };
        return Promise.resolve({ past: Array.from({ length: knows.generation }, () => turn) });
      });
      router.handle(reportStreamStarted, ({ body }) => {
        told.push(body.jti);
        if (knows?.refuses) throw new HttpProblem(409, 'Token used before');
        return Promise.resolve({ accepted: true as const });
      });
      router.handle(reportCallOver, () => {
        told.push('over');
        return Promise.resolve({ accepted: true as const });
      });
    },
  });
  return { url: `http://127.0.0.1:${service.port}`, told, service };
};

describe('GatewayPeers', () => {
  const held: AsyncDisposable[] = [];
  const peersOf = (urls: string[]): GatewayPeers => {
    const peers = new GatewayPeers([self, ...urls], () => self, [secret], 10_000, 1000);
    held.push(peers);
    return peers;
  };
  const replica = async (knows: Parameters<typeof listen>[0]) => {
    const made = await listen(knows);
    held.push(made.service);
    return made;
  };
  const use = { jti: 'a', generation: 2, streamSid: `MZ${'1'.repeat(32)}` };
  const isDue = (): boolean => true;
  afterEach(async () => {
    for (const resource of held.splice(0).reverse()) await resource[Symbol.asyncDispose]();
  });

  it('asks all but itself; who does not know the call, or does not answer, says nothing', async () => {
    const [knowing, ignorant] = [await replica({ generation: 3 }), await replica(null)];
    const peers = peersOf([knowing.url, ignorant.url, 'http://127.0.0.1:9']);
    const answer = { url: knowing.url, owner: true, generation: 3, phase: 'live' };
    expect(await peers.ask(callSid)).toEqual([{ ...answer, fallbackFetched: false, handedOver: false }]);
  });

  it('does not take its own answer, given under another address, for that of a peer', async () => {
    const knows: Parameters<typeof listen>[0] = { generation: 1 };
    const peers = peersOf([(await replica(knows)).url]);
    expect(await peers.ask(callSid)).toHaveLength(1);
    knows.instance = peers.instance;
    expect(await peers.ask(callSid)).toEqual([]);
  });

  it('remembers a call by the peer that remembers most of it', async () => {
    const [less, more] = [await replica({ generation: 1 }), await replica({ generation: 2 })];
    expect(await peersOf([less.url, more.url]).past(callSid)).toHaveLength(2);
    expect(await peersOf(['http://127.0.0.1:9']).past(callSid)).toBeNull();
  });

  it('tells a start to the issuer alone, or to all', async () => {
    const [issuer, other] = [await replica(null), await replica(null)];
    const peers = peersOf([issuer.url, other.url]);
    await peers.reportStarted(callSid, use, { issuers: [issuer.url], all: false, isDue });
    expect([issuer.told, other.told]).toEqual([['a'], []]);
    await peers.reportStarted(callSid, use, { issuers: [issuer.url], all: true, isDue });
    expect([issuer.told, other.told]).toEqual([['a', 'a'], ['a']]);
  });

  it('is refused a start by any of them, and by nobody who cannot be reached', async () => {
    const [refusing, other] = [await replica({ generation: 2, refuses: true }), await replica(null)];
    const peers = peersOf([refusing.url, other.url]);
    expect(await peers.reportStarted(callSid, use, { issuers: [], all: true, isDue })).toBe(false);
    const alone = peersOf(['http://127.0.0.1:9']);
    expect(
      await alone.reportStarted(callSid, use, { issuers: ['http://127.0.0.1:9'], all: true, isDue }),
    ).toBe(true);
  });

  it('reports a start again to an issuer that was not reached, and no more once it is not due', async () => {
    const cut = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    held.push({ [Symbol.asyncDispose]: () => new Promise((resolve) => cut.close(() => resolve())) });
    await new Promise((resolve) => cut.once('listening', resolve));
    const peers = peersOf([]);
    const issuers = [`http://127.0.0.1:${(cut.address() as AddressInfo).port}`];
    let tries = 1;
    const isDueTwice = (): boolean => ++tries < 3;
    expect(await peers.reportStarted(callSid, use, { issuers, all: false, isDue: isDueTwice })).toBe(true);
    expect(tries).toBe(3);
  });

  it('does not report a start again where nobody listens: with the process its watch is gone', async () => {
    const gone = await replica(null);
    const peers = peersOf([]);
    await gone.service[Symbol.asyncDispose]();
    const isDueAgain = jest.fn(() => true);
    const to = { issuers: [gone.url], all: false, isDue: isDueAgain };
    expect(await peers.reportStarted(callSid, use, to)).toBe(true);
    expect(isDueAgain).not.toHaveBeenCalled();
  });

  it('passes the end of a call on to all', async () => {
    const [one, other] = [await replica(null), await replica({ generation: 1 })];
    await peersOf([one.url, other.url]).reportOver(callSid);
    expect([one.told, other.told]).toEqual([['over'], ['over']]);
  });

  it('knows whether any of them takes new calls', async () => {
    const [full, free] = [await replica(null), await replica({ generation: 1, isReady: true })];
    expect(await peersOf([full.url]).isAnyReady()).toBe(false);
    expect(await peersOf([full.url, free.url]).isAnyReady()).toBe(true);
    expect(await peersOf([]).isAnyReady()).toBe(false);
  });
});
