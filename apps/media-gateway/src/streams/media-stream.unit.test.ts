import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { InPlaceSocket } from '@frontdesk/runtime';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { WebSocket, WebSocketServer } from 'ws';
import { GatewayEvents } from '../events';
import { DEAD_MS, HARD_BUFFER_BYTES, MediaStream, SOFT_BUFFER_BYTES } from './media-stream';

const MZ = `MZ${'0'.repeat(32)}`;
const start = JSON.stringify({
  event: 'start',
  start: {
    streamSid: MZ,
    callSid: `CA${'0'.repeat(32)}`,
    accountSid: `AC${'0'.repeat(32)}`,
    customParameters: {},
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
  },
  streamSid: MZ,
});

class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  readyState: number = WebSocket.OPEN;
  readonly sent: string[] = [];
  readonly closes: (number | undefined)[] = [];
  pings = 0;
  terminated = 0;
  /** The connection below: takes whole text frames. */
  get writableLength(): number {
    return this.bufferedAmount;
  }
  write(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length;) {
      const isLong = bytes[at + 1] === 126;
      const length = isLong ? bytes[at + 2]! * 256 + bytes[at + 3]! : bytes[at + 1]!;
      at += isLong ? 4 : 2;
      this.sent.push(Buffer.from(bytes.subarray(at, at + length)).toString());
      at += length;
    }
    return true;
  }
  ping(): void {
    this.pings += 1;
  }
  close(code?: number): void {
    this.closes.push(code);
    this.readyState = WebSocket.CLOSING;
  }
  terminate(): void {
    this.terminated += 1;
  }
}

const streaming = () => {
  const socket = new FakeSocket();
  const metrics = new Metrics({ withProcessMetrics: false });
  const time = { nowMs: 0 };
  const stream = new MediaStream(
    socket as unknown as WebSocket,
    socket,
    new GatewayEvents(silentLogger, metrics),
    () => time.nowMs,
  );
  const told: string[] = [];
  stream.listener = {
    start: ({ streamSid }) => told.push(`start ${streamSid}`),
    media: (message, from, to, timestampMs) => {
      const payload = Buffer.from(message).toString('latin1', from, to);
      return told.push(`media ${payload} ${timestampMs}`) > 0 && payload !== '*';
    },
    mark: (name) => told.push(`mark ${name}`),
    dtmf: (digit) => told.push(`dtmf ${digit}`),
    stop: () => told.push('stop'),
    refused: () => told.push('refused'),
    closed: () => told.push('closed'),
  };
  const receive = (text: string, isBinary = false) => socket.emit('message', Buffer.from(text), isBinary);
  /** Pings every 5 s, as the call's beat does. */
  const beats = (ms: number, answer = false): void => {
    for (const end = time.nowMs + ms; time.nowMs < end;) {
      time.nowMs += 5000;
      stream.ping();
      if (answer) socket.emit('pong');
    }
  };
  return { socket, stream, told, receive, beats, time, metrics };
};

describe('MediaStream', () => {
  it('sends media and marks with the streamSid of its own start, and nothing before it', () => {
    const { socket, stream, receive } = streaming();
    stream.media(Buffer.alloc(3), 0, 3);
    stream.mark('1:1');
    stream.flush();
    expect(socket.sent).toEqual([]);
    receive(start);
    stream.media(Buffer.alloc(3), 0, 3);
    stream.mark('1:1');
    stream.flush();
    expect(socket.sent.map((text) => (JSON.parse(text) as { streamSid: string }).streamSid)).toEqual([
      MZ,
      MZ,
    ]);
  });

  it('goes on behind anything it cannot use, and counts each by its reason', async () => {
    const { receive, told, metrics } = streaming();
    receive('{"event":"media"}');
    receive(start);
    receive('{');
    receive('x', true);
    receive(
      `{"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"*"},"streamSid":"${MZ}"}`,
    );
    receive(`{"event":"mark","streamSid":"${MZ}","mark":{"name":"1:1"}}`);
    expect(told).toEqual([
      'refused',
      `start ${MZ}`,
      'refused',
      'refused',
      'media * 5',
      'refused',
      'mark 1:1',
    ]);
    const { body } = await metrics.render();
    for (const reason of ['before-start', 'not-json', 'binary', 'bad-audio'])
      expect(body).toContain(`gateway_refused_total{at="message",reason="${reason}"} 1`);
  });

  it('survives a listener that throws', () => {
    const { stream, receive, told } = streaming();
    const { media, ...rest } = stream.listener!;
    stream.listener = {
      ...rest,
      media,
      start: () => {
        throw new Error('boom');
      },
    };
    receive(start);
    receive(`{"event":"mark","streamSid":"${MZ}","mark":{"name":"1:1"}}`);
    expect(told).toEqual(['mark 1:1']);
  });

  it('counts what the WebSocket protocol refuses, under two names', async () => {
    const { socket, metrics } = streaming();
    const error = (code: string) => Object.assign(new Error('no'), { code });
    socket.emit('error', error('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'));
    socket.emit('error', error('WS_ERR_INVALID_OPCODE'));
    socket.emit('error', error('ECONNRESET'));
    const { body } = await metrics.render();
    expect(body).toContain('gateway_refused_total{at="message",reason="too-large"} 1');
    expect(body).toContain('gateway_refused_total{at="message",reason="protocol"} 1');
  });

  it('is dead when an end that answered pings has answered none for 15 s', () => {
    const { stream, beats } = streaming();
    beats(10_000, true);
    beats(15_000);
    expect(stream.isDead).toBe(false);
    beats(5000);
    expect(stream.isDead).toBe(true);
    expect(stream.unansweredMs).toBe(DEAD_MS);
  });

  it('is not dead while a slow socket answers late, however much it holds below the hard bound', () => {
    const { socket, stream, beats } = streaming();
    socket.bufferedAmount = HARD_BUFFER_BYTES - 1;
    for (let index = 0; index < 10; index++) {
      beats(15_000);
      expect(stream.isDead).toBe(false);
      socket.emit('pong');
    }
    expect(stream.isWritable).toBe(false);
  });

  it('is dead past the hard bound of its send buffer', () => {
    const { socket, stream } = streaming();
    socket.bufferedAmount = HARD_BUFFER_BYTES;
    expect(stream.isDead).toBe(true);
  });

  it('does not hold against an end that never answered a ping that it does not, unless it takes no audio either', () => {
    const { socket, stream, beats } = streaming();
    beats(600_000);
    expect(stream.isDead).toBe(false);
    socket.bufferedAmount = SOFT_BUFFER_BYTES;
    expect(stream.isDead).toBe(true);
  });

  it('does not take its own sleep for the silence of the other end', () => {
    const { stream, beats, time } = streaming();
    beats(10_000, true);
    beats(5000);
    time.nowMs += 60_000;
    stream.ping();
    expect(stream.isDead).toBe(false);
    expect(stream.unansweredMs).toBeLessThan(DEAD_MS);
  });

  it('closes once, tears down after a second, and tells that it closed once', () => {
    jest.useFakeTimers();
    const { socket, stream, told } = streaming();
    stream.close();
    stream.close(1008);
    expect(socket.closes).toEqual([1000]);
    jest.advanceTimersByTime(1000);
    expect(socket.terminated).toBe(1);
    socket.emit('close', 1006);
    socket.emit('close', 1006);
    expect(told).toEqual(['closed']);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});

describe('a stream that is read when it is asked', () => {
  const connected = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    const accepted = new Promise<{ socket: WebSocket; connection: InPlaceSocket }>((resolve) =>
      server.once('upgrade', (request, raw: Socket, head: Buffer) => {
        const connection = InPlaceSocket.of(raw)!;
        webSockets.handleUpgrade(request, connection, head, (socket) => resolve({ socket, connection }));
      }),
    );
    const caller = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await once(caller, 'open');
    const { socket, connection } = await accepted;
    const metrics = new Metrics({ withProcessMetrics: false });
    const stream = new MediaStream(socket, connection, new GatewayEvents(silentLogger, metrics), () => 0);
    const told: string[] = [];
    stream.listener = {
      start: () => told.push('start'),
      media: () => true,
      mark: () => undefined,
      dtmf: (digit) => told.push(`dtmf ${digit}`),
      stop: () => told.push('stop'),
      closed: () => told.push('closed'),
    };
    const codes: number[] = [];
    socket.on('close', (code) => codes.push(code));
    /** Twilio says so, and it lies at our end. */
    const says = async (text: string): Promise<void> => {
      await new Promise((resolve) => caller.send(text, resolve));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    expect(stream.canReadNow).toBe(true);
    stream.readNow();
    return { caller, socket, stream, told, codes, says, close: () => server.close() };
  };

  it('tells nothing until then', async () => {
    const { caller, stream, told, says, close } = await connected();
    await says(start);
    expect(told).toEqual([]);
    stream.readNow();
    expect(told).toEqual(['start']);
    await says(JSON.stringify({ event: 'dtmf', streamSid: MZ, dtmf: { digit: '5' } }));
    expect(told).toEqual(['start']);
    stream.readNow();
    expect(told).toEqual(['start', 'dtmf 5']);
    caller.terminate();
    close();
  });

  it('sees the other end’s answer to a close, though nobody asks any more', async () => {
    const { caller, socket, stream, codes, says, close } = await connected();
    await says(start);
    stream.readNow();
    const gone = once(socket, 'close');
    stream.close();
    await gone;
    // 1006 is a connection that was torn down without an answer.
    expect(codes).toEqual([1000]);
    caller.terminate();
    close();
  });

  it('tells that Twilio has closed it, behind all that came before', async () => {
    const { caller, socket, stream, told, codes, says, close } = await connected();
    await says(start);
    await says(JSON.stringify({ event: 'stop', streamSid: MZ, stop: {} }));
    const gone = once(socket, 'close');
    caller.close(1000);
    const asks = setInterval(() => stream.readNow(), 5);
    await gone;
    clearInterval(asks);
    expect(told.at(-1)).toBe('closed');
    expect(told).toContain('start');
    expect(codes).toEqual([1000]);
    close();
  });
});
