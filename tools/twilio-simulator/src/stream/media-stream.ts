import { FRAME_MS } from '@frontdesk/audio';
import WebSocket from 'ws';
import type { Call } from '../call/call';
import { newSid } from '../call/sid';
import type { CallWorld } from '../call/call-world';
import { type LineTap, SILENT_FRAME } from '../line/line';
import { twilioSignature } from '../signing/signature';
import { ArrivalMeter } from './arrival-meter';
import { readIncoming } from './incoming-message';
import * as messages from './outgoing-messages';
import { bytesToMs, Playout } from './playout';
import { StreamFaults } from './stream-faults';
import { connectionError, type StreamError, urlError } from './stream-errors';

const HANDSHAKE_TIMEOUT_MS = 5_000;
const MAX_VIOLATIONS = 200;
const SILENT_PAYLOAD = SILENT_FRAME.toString('base64');

export interface StreamOptions {
  readonly url: string;
  readonly name: string;
  readonly customParameters: Readonly<Record<string, string>>;
}

/** Told of the stream's life, for its status callback. */
export type StreamEvents = (
  event: 'stream-started' | 'stream-stopped' | 'stream-error',
  error?: string,
) => void;

/**
 * One bidirectional media stream: Twilio's side of the WebSocket. Opening → open (after `start`) → ended, once: by the
 * server closing, by an error, or by {@link stop} when the call goes on elsewhere or is over.
 */
export class MediaStream implements LineTap {
  readonly streamSid = newSid('MZ');
  readonly violations: { atMs: number; code: number; detail: string }[] = [];
  readonly playout: Playout;
  /** Resolves when the stream is over, with the error that ended it. */
  readonly ended: Promise<StreamError | undefined>;
  private resolveEnded!: (error: StreamError | undefined) => void;
  private socket: WebSocket | undefined;
  private meter: ArrivalMeter | undefined;
  private faults: StreamFaults | undefined;
  private sequenceNumber = 0;
  private chunk = 0;
  private startedAtMs = 0;
  private firstTimestampMs: number | undefined;
  private ticks = 0;
  private isStarted = false;
  private isOver = false;
  private untap: (() => void) | undefined;
  private error: StreamError | undefined;

  constructor(
    private readonly world: CallWorld,
    private readonly call: Call,
    private readonly options: StreamOptions,
    private readonly onEvent: StreamEvents,
  ) {
    this.playout = new Playout((name) => this.echoMark(name));
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
  }

  /** Connects; failures end the stream with their code. */
  open(): void {
    const { faults, routes } = this.world;
    this.call.book.note('stream-connecting', { streamSid: this.streamSid, url: this.options.url });
    if (faults.take('stream-never-opens', this.call.subject)) {
      this.call.book.note('fault', { name: 'stream-never-opens' });
      return;
    }
    const wrong = urlError(this.options.url);
    if (wrong) return this.fail(wrong);
    const url = new URL(this.options.url);
    try {
      const target = routes.resolve(url.hostname);
      this.connect(`ws://${target.host}:${target.port}${url.pathname}`, url.host);
    } catch (error) {
      this.fail(connectionError(error as Error));
    }
  }

  /** Ends it from Twilio's side: `stop`, then close. */
  stop(): void {
    if (this.isOver) return;
    if (this.isStarted)
      this.send(
        messages.stopMessage(++this.sequenceNumber, this.streamSid, this.call.accountSid, this.call.sid),
      );
    this.finish();
  }

  /** One digit dialled by the far end. */
  dtmf(digit: string): void {
    if (this.isStarted) this.send(messages.dtmfMessage(++this.sequenceNumber, this.streamSid, digit));
  }

  frame(said: Buffer | null): void {
    if (!this.isStarted) return;
    this.ticks += 1;
    this.faults?.tick();
    if (!said || this.faults?.isStalled) return;
    this.firstTimestampMs ??= Math.max(
      0,
      Math.round(this.world.clock.monotonicMs() - this.startedAtMs) - this.ticks * FRAME_MS,
    );
    this.send(
      messages.mediaMessage({
        sequenceNumber: ++this.sequenceNumber,
        chunk: ++this.chunk,
        timestampMs: this.firstTimestampMs + this.ticks * FRAME_MS,
        payload: said === SILENT_FRAME ? SILENT_PAYLOAD : said.toString('base64'),
        streamSid: this.streamSid,
      }),
    );
  }

  /** What was measured so far. */
  figures(): Record<string, unknown> {
    const arrival = this.meter?.figures() ?? { framesReceived: 0, startToFirstMediaMs: null };
    return {
      streamSid: this.streamSid,
      ...arrival,
      underruns: this.playout.underruns.length,
      underrunMs: Math.round(this.playout.underruns.reduce((sum, { ms }) => sum + ms, 0)),
      maxBufferedMs: Math.round(bytesToMs(this.playout.maxBufferedBytes)),
      framesSent: this.chunk,
      violations: this.violations,
    };
  }

  private connect(address: string, host: string): void {
    const wrongKey = this.world.faults.take('wrong-signature', this.call.subject, (fault) =>
      this.options.url.includes(fault.text('pathContains') ?? ''),
    );
    const authToken = wrongKey ? `not-${this.world.authToken}` : this.world.authToken;
    const socket = new WebSocket(address, {
      headers: {
        Host: host,
        'X-Forwarded-Proto': 'https',
        'User-Agent': 'TwilioMediaStreams/1.0',
        'X-Twilio-Signature': twilioSignature(authToken, this.options.url),
      },
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      followRedirects: false,
      autoPong: false,
    });
    this.socket = socket;
    socket.on('open', () => this.begin(socket));
    socket.on('error', (error) => (this.error ??= connectionError(error)));
    socket.on('close', (code) => this.closed(code));
    socket.on('ping', (data) => {
      if (!this.faults?.isDeaf && socket.readyState === WebSocket.OPEN) socket.pong(data);
    });
    socket.on('message', (data, isBinary) => this.received(data as Buffer, isBinary));
  }

  private begin(socket: WebSocket): void {
    const { book } = this.call;
    book.note('stream-opened', { streamSid: this.streamSid });
    socket.send(messages.connectedMessage());
    if (this.world.faults.take('stream-opens-without-start', this.call.subject)) {
      book.note('fault', { name: 'stream-opens-without-start' });
      return;
    }
    this.faults = new StreamFaults(this.world, this.call, () => socket.terminate());
    this.send(
      messages.startMessage({
        sequenceNumber: ++this.sequenceNumber,
        streamSid: this.streamSid,
        accountSid: this.call.accountSid,
        callSid: this.call.sid,
        customParameters: this.options.customParameters,
      }),
    );
    this.isStarted = true;
    this.startedAtMs = this.world.clock.monotonicMs();
    this.meter = new ArrivalMeter(this.startedAtMs);
    book.note('stream-start-sent', { streamSid: this.streamSid, parameters: this.options.customParameters });
    this.onEvent('stream-started');
    this.untap = this.call.line?.tap(this);
    if (this.call.line) this.call.line.source = this.playout;
  }

  private received(data: Buffer, isBinary: boolean): void {
    if (this.isOver) return;
    if (isBinary) return this.violation(31950, `binary frame of ${data.length} bytes`);
    if (!this.isStarted) return this.violation(31951, 'message before start');
    const message = readIncoming(data.toString('utf8'), this.streamSid);
    switch (message.kind) {
      case 'media':
        this.meter?.arrived(message.audio.length, this.world.clock.monotonicMs(), this.playout.dryMs);
        if (!this.playout.enqueue(message.audio))
          this.violation(31931, 'more than 10 minutes buffered, audio discarded');
        return;
      case 'mark':
        this.call.book.note('mark', {
          name: message.name,
          bufferedMs: Math.round(bytesToMs(this.playout.bufferedBytes)),
        });
        return this.playout.mark(message.name);
      case 'clear':
        this.call.book.note('clear', {
          bufferedMs: Math.round(bytesToMs(this.playout.bufferedBytes)),
        });
        this.playout.clear();
        return;
      case 'invalid':
        return this.violation(31951, message.detail);
    }
  }

  private echoMark(name: string): void {
    const echo = (): void => {
      if (this.isOver) return;
      this.call.book.note('mark-echoed', { name });
      this.send(messages.markMessage(++this.sequenceNumber, this.streamSid, name));
    };
    if (this.faults) this.faults.whenMarksPass(echo);
    else echo();
  }

  private violation(code: number, detail: string): void {
    const isFirst = !this.violations.some((violation) => violation.code === code);
    if (this.violations.length < MAX_VIOLATIONS)
      this.violations.push({ atMs: this.world.clock.now(), code, detail });
    // Twilio reports each of these once a stream.
    if (isFirst) this.call.book.warn(code, 'Stream - message of the server not accepted', detail);
  }

  private send(text: string): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(text);
  }

  private closed(code: number): void {
    if (this.isOver) return;
    const error = this.error ?? { code: 31921, message: `Stream - closed by the server (${code})` };
    if (!this.isStarted || this.error || code === 1006) return this.fail(error);
    this.call.book.warn(error.code, error.message);
    this.finish(error);
  }

  private fail(error: StreamError): void {
    this.call.book.warn(error.code, error.message);
    this.call.book.note('stream-error', { streamSid: this.streamSid, ...error });
    this.onEvent('stream-error', `${error.code}: ${error.message}`);
    this.finish(error);
  }

  private finish(error?: StreamError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.untap?.();
    this.faults?.end();
    if (this.call.line?.source === this.playout) this.call.line.source = null;
    const { socket } = this;
    if (socket?.readyState === WebSocket.CONNECTING) socket.terminate();
    else if (socket) {
      socket.close(1000);
      setTimeout(() => socket.terminate(), 2_000).unref();
    }
    this.call.book.note('stream-stopped', { streamSid: this.streamSid, ...(error ?? {}) });
    if (this.isStarted) this.onEvent('stream-stopped');
    this.resolveEnded(error);
  }
}
