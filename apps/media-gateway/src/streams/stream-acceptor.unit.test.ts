import { EventEmitter } from 'node:events';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { type RealtimeEvent, type RealtimeModel, type RealtimeSession } from '@frontdesk/speech';
import { StreamTokens, type StreamTokenClaims } from '@frontdesk/telephony';
import { type WebSocket } from 'ws';
import { GatewayEvents } from '../events';
import { StreamRefusal } from './refusals';
import { type AcceptedStream, MAX_EARLY_MODELS, StreamAcceptor } from './stream-acceptor';
import { MAX_NOISE, START_WITHIN_MS } from './stream-opening';

const callSid = `CA${'0'.repeat(32)}`;
const business = '0197a5a0-0000-7000-8000-000000000001';
const secrets = ['a-secret-of-32-characters-or-more'];

class FakeSocket extends EventEmitter {
  readonly closes: (number | undefined)[] = [];
  close(code?: number): void {
    this.closes.push(code);
    this.emit('close', code);
  }
  terminate(): void {
    this.emit('close', 1006);
  }
}

const accepting = () => {
  const clock = new ManualClock();
  const tokens = new StreamTokens(secrets, () => clock.now());
  const metrics = new Metrics({ withProcessMetrics: false });
  const sessions: { tell: (event: RealtimeEvent) => void; isClosed: boolean }[] = [];
  const model = {
    open: (tell: (event: RealtimeEvent) => void) => {
      const session = { tell, isClosed: false };
      sessions.push(session);
      return { close: () => (session.isClosed = true) } as unknown as RealtimeSession;
    },
  } as RealtimeModel;
  const accepted: AcceptedStream[] = [];
  const takeOver = jest.fn((stream: AcceptedStream): void => {
    accepted.push(stream);
  });
  const acceptor = new StreamAcceptor({
    tokens,
    model,
    modelSessionMaxMs: 3_300_000,
    clock,
    events: new GatewayEvents(silentLogger, metrics),
    onAccepted: takeOver,
  });
  const connect = () => {
    const socket = new FakeSocket();
    const connection = Object.assign(new EventEmitter(), { write: () => true, writableLength: 0 });
    acceptor.accept(socket as unknown as WebSocket, connection);
    return { socket, receive: (text: string) => socket.emit('message', Buffer.from(text), false) };
  };
  const token = (claims: Partial<StreamTokenClaims> = {}, ttlMs = 60_000, by = tokens) =>
    by.sign(
      {
        callSid,
        businessId: business,
        carrier: 'twilio',
        generation: 1,
        iss: 'http://10.0.0.1:3001',
        ...claims,
      },
      ttlMs,
    );
  const refusals = async () =>
    [
      ...(await metrics.render()).body.matchAll(
        /gateway_refused_total\{at="start",reason="([\w-]+)"\} (\d+)/g,
      ),
    ].map(([, reason, count]) => `${reason} ${count}`);
  return { clock, acceptor, sessions, accepted, takeOver, connect, token, refusals };
};

const start = (customParameters: Record<string, string>, change: object = {}): string =>
  JSON.stringify({
    event: 'start',
    start: {
      streamSid: `MZ${'0'.repeat(32)}`,
      callSid,
      accountSid: `AC${'0'.repeat(32)}`,
      customParameters,
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      ...change,
    },
    streamSid: `MZ${'0'.repeat(32)}`,
  });

describe('StreamAcceptor', () => {
  it('hands over a stream whose token holds, with the model session opened at the upgrade', () => {
    const { acceptor, connect, token, accepted, sessions, clock } = accepting();
    const { socket, receive } = connect();
    expect(sessions).toHaveLength(1);
    expect(acceptor.waiting).toBe(1);
    receive(start({ token: token(), call_sid: callSid, business_id: business }));
    expect(accepted).toMatchObject([{ claims: { callSid, businessId: business, generation: 1 } }]);
    expect(acceptor.waiting).toBe(0);
    clock.advance(START_WITHIN_MS * 2);
    expect(socket.closes).toEqual([]);
    expect(sessions[0]!.isClosed).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells the call of a model that was lost before the stream started', () => {
    const { connect, token, takeOver, sessions } = accepting();
    const lost: string[] = [];
    takeOver.mockImplementation(({ tell }) =>
      tell(
        { event: () => undefined, reopened: () => undefined, lost: (reason) => lost.push(reason) },
        () => [],
      ),
    );
    const { receive } = connect();
    sessions[0]!.tell({ kind: 'closed', reason: 'handshake', isRetryable: false });
    expect(lost).toEqual([]);
    receive(start({ token: token() }));
    expect(lost).toEqual(['handshake']);
  });

  const foreign = new StreamTokens(['a-foreign-secret-of-32-characters']);
  const wrongStarts: [string, (make: ReturnType<typeof accepting>) => string][] = [
    ['no-token', () => start({})],
    ['no-token', () => start({ token: '' })],
    ['token-invalid', () => start({ token: 'x'.repeat(40_000) })],
    ['token-invalid', ({ token }) => start({ token: token({}, 60_000, foreign) })],
    [
      'token-expired',
      ({ token, clock }) => {
        const old = token({}, 1000);
        clock.advance(3000);
        return start({ token: old });
      },
    ],
    ['token-of-fallback', ({ token }) => start({ token: token({ use: 'fallback' }) })],
    ['token-of-another-call', ({ token }) => start({ token: token({ callSid: `CA${'1'.repeat(32)}` }) })],
    ['token-of-another-call', ({ token }) => start({ token: token(), call_sid: `CA${'1'.repeat(32)}` })],
    ['token-of-another-business', ({ token }) => start({ token: token(), business_id: 'another' })],
    [
      'media-format',
      ({ token }) =>
        start({ token: token() }, { mediaFormat: { encoding: 'audio/pcm', sampleRate: 8000, channels: 1 } }),
    ],
    [
      'media-format',
      ({ token }) =>
        start(
          { token: token() },
          { mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 16_000, channels: 1 } },
        ),
    ],
  ];
  it.each(wrongStarts)('closes with 1008, its model session too, and counts: %s', async (reason, make) => {
    const world = accepting();
    const { socket, receive } = world.connect();
    receive(make(world));
    expect(socket.closes).toEqual([1008]);
    expect(world.sessions[0]!.isClosed).toBe(true);
    expect(world.accepted).toEqual([]);
    expect(world.acceptor.waiting).toBe(0);
    expect(world.clock.pendingTimers).toBe(0);
    expect(await world.refusals()).toEqual([`${reason} 1`]);
  });

  it('refuses what the registry refuses, by its reason, and what fails in taking over', async () => {
    const { connect, token, takeOver, refusals, sessions } = accepting();
    takeOver.mockImplementationOnce(() => {
      throw new StreamRefusal('token-used');
    });
    takeOver.mockImplementationOnce(() => {
      throw new Error('boom');
    });
    const sockets = [connect(), connect()];
    for (const { receive } of sockets) receive(start({ token: token() }));
    expect(sockets.map(({ socket }) => socket.closes)).toEqual([[1008], [1008]]);
    expect(sessions.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    expect(await refusals()).toEqual(['token-used 1', 'failed 1']);
  });

  it('closes a socket that sends no start in five seconds', async () => {
    const { clock, acceptor, connect, refusals, sessions } = accepting();
    const { socket, receive } = connect();
    receive('{"event":"connected","protocol":"Call","version":"1.0.0"}');
    clock.advance(START_WITHIN_MS - 1);
    expect(socket.closes).toEqual([]);
    clock.advance(1);
    expect(socket.closes).toEqual([1008]);
    expect(sessions[0]!.isClosed).toBe(true);
    expect(acceptor.waiting).toBe(0);
    expect(await refusals()).toEqual(['late 1']);
  });

  it('closes a socket that sends nothing of use before a start', async () => {
    const { connect, refusals } = accepting();
    const { socket, receive } = connect();
    for (let index = 1; index < MAX_NOISE; index++) receive('{}');
    expect(socket.closes).toEqual([]);
    receive('{}');
    expect(socket.closes).toEqual([1008]);
    expect(await refusals()).toEqual(['noise 1']);
  });

  it('forgets a socket that closes by itself, with its model session', () => {
    const { acceptor, connect, sessions, clock } = accepting();
    const { socket } = connect();
    socket.emit('close', 1006);
    expect(acceptor.waiting).toBe(0);
    expect(sessions[0]!.isClosed).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it('opens no model sessions without end for sockets that do not start; one that does gets its own then', () => {
    const { connect, token, accepted, sessions } = accepting();
    const sockets = Array.from({ length: MAX_EARLY_MODELS + 5 }, () => connect());
    expect(sessions).toHaveLength(MAX_EARLY_MODELS);
    sockets.at(-1)!.receive(start({ token: token() }));
    expect(accepted).toHaveLength(1);
    expect(sessions).toHaveLength(MAX_EARLY_MODELS + 1);
  });
});
