import { type RealtimeClientEvent } from 'openai/resources/realtime/realtime';
import { TextFrameWriter } from '@frontdesk/runtime';
import { WebSocket } from 'ws';
import {
  type ClosedReason,
  type ConversationItem,
  type ItemRole,
  type RealtimeCommand,
  type RealtimeEvent,
  type RealtimeProblem,
  type RealtimeSession,
  type RealtimeSettings,
} from '../realtime-model';
import { cutAudio } from './cut-delta';
import { endsSession, problemOfStatus } from './error-table';
import { openInPlace } from './open-in-place';
import { realtimeEventOf } from './realtime-event-of';
import { parseServerMessage, type ServerEvent, type UnusedMessage } from './server-events';
import { sessionUpdate } from './session-update';

export interface SessionTimings {
  /** From the start of the connection to `session.created`. */
  readonly connectMs: number;
  /** From `session.update` sent to `session.updated`. */
  readonly readyMs: number;
  /** From the close asked for to the socket torn down. */
  readonly closeMs: number;
  /**
   * Between two pings; one that is not answered before the next means that the connection is gone. Every WebSocket
   * server must answer (RFC 6455 §5.5.3). Without them a connection that only falls silent would never be missed.
   */
  readonly pingMs: number;
}

export interface SessionConnection {
  readonly url: string;
  readonly apiKey: string;
  readonly transcriptionModel: string;
  readonly timings: Partial<SessionTimings>;
  readonly onUnused: (message: UnusedMessage) => void;
}

const DEFAULT_TIMINGS: SessionTimings = { connectMs: 5000, readyMs: 3000, closeMs: 1000, pingMs: 5000 };
/** Commands kept until the session is ready: the history of a long call, and 10 s of caller audio, fit. */
const MAX_PENDING_MESSAGES = 1000;
/** About 70 s of caller audio as base64 that the network did not take: the session is lost. */
const MAX_BUFFERED_BYTES = 768 * 1024;
/** One delta may hold minutes of audio. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** The event id of `session.update`. */
const CONFIGURE_ID = 'configure';
/** Around the audio of `input_audio_buffer.append`. */
const APPEND_HEAD = Buffer.from('{"type":"input_audio_buffer.append","audio":"');
const APPEND_TAIL = Buffer.from('"}');
/** Over TLS, where it has a buffer of its own: one such message of 200 ms of audio; more costs another. */
const AUDIO_WRITER_BYTES = 2304;
/** Commands that an error may still name; it comes within a round trip. */
const MAX_REMEMBERED_COMMANDS = 64;

const roles = { system: 'system', caller: 'user', agent: 'assistant' } as const satisfies Record<
  ItemRole,
  string
>;

/**
 * CONNECTING (until `session.created`) → CREATED (until the settings are known) → CONFIGURING (`session.update` sent)
 * → READY (`session.updated`) → CLOSED; the settings may also come first. Commands before READY wait in order; the socket's end, an error and a time-out each lead to CLOSED, told once.
 */
export class OpenAiRealtimeSession implements RealtimeSession {
  private readonly socket: WebSocket;
  private readonly timings: SessionTimings;
  private pending: string[] = [];
  private settings: RealtimeSettings | undefined;
  private isCreated = false;
  private deadline: NodeJS.Timeout | undefined;
  private ready = false;
  private isClosed = false;
  private commandCount = 0;
  /** What was sent under which event id, the newest few. */
  private readonly commands = new Map<string, RealtimeCommand>();
  private pinging: NodeJS.Timeout | undefined;
  private wasPongReceived = true;
  /** For caller audio alone: 5 to 25 messages a second. */
  private audioWriter: TextFrameWriter | undefined;

  constructor(
    private readonly onEvent: (event: RealtimeEvent) => void,
    private readonly connection: SessionConnection,
  ) {
    this.timings = { ...DEFAULT_TIMINGS, ...connection.timings };
    this.socket = openInPlace(
      connection.url,
      {
        headers: { Authorization: `Bearer ${connection.apiKey}` },
        perMessageDeflate: false,
        maxPayload: MAX_MESSAGE_BYTES,
        // Every message is read as UTF-8 anyway; checking it before is the same work twice.
        skipUTF8Validation: true,
      },
      (bytes, from, to) => this.received(bytes, from, to),
    );
    this.expect('connect', this.timings.connectMs);
    this.socket.on('upgrade', (response) => {
      response.socket.setNoDelay(true);
      this.audioWriter = new TextFrameWriter(response.socket, {
        isMasked: true,
        capacityBytes: AUDIO_WRITER_BYTES,
      });
    });
    this.socket.on('open', () => this.keepAlive());
    this.socket.on('pong', () => (this.wasPongReceived = true));
    this.socket.on('message', (data: Buffer, isBinary) => this.received(data, 0, isBinary ? 0 : data.length));
    this.socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      this.fail(`handshake-${status}`, `the model answered ${status}`, 'handshake', problemOfStatus(status));
    });
    this.socket.on('error', (error) =>
      this.fail((error as NodeJS.ErrnoException).code ?? 'socket-error', error.message, 'network'),
    );
    this.socket.on('close', () => this.closed('remote', true));
  }

  get isReady(): boolean {
    return this.ready && !this.isClosed;
  }

  configure(settings: RealtimeSettings): void {
    if (this.settings) throw new Error('the session is configured already');
    this.settings = settings;
    this.sendSettings();
  }

  appendAudio(mulaw: Uint8Array): void {
    const { audioWriter } = this;
    if (!this.ready || !audioWriter || this.socket.readyState !== WebSocket.OPEN)
      return this.transmit(appendMessage(mulaw));
    audioWriter.addBase64(APPEND_HEAD, mulaw, 0, mulaw.length, APPEND_TAIL);
    audioWriter.flush();
    this.checkBuffered();
  }

  createResponse(options: { instructions?: string } = {}): string {
    const { instructions } = options;
    return this.command('create', {
      type: 'response.create',
      ...(instructions ? { response: { instructions } } : {}),
    });
  }

  cancelResponse(responseId: string): string {
    return this.command('cancel', { type: 'response.cancel', response_id: responseId });
  }

  truncateItem(itemId: string, audioEndMs: number): string {
    return this.command('truncate', {
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: 0,
      audio_end_ms: Math.floor(audioEndMs),
    });
  }

  deleteItem(itemId: string): string {
    return this.command('delete', { type: 'conversation.item.delete', item_id: itemId });
  }

  addItem({ id, role, text, audio, previousItemId }: ConversationItem): string {
    const content = audio
      ? { type: 'input_audio', audio: audio.toString('base64') }
      : { type: role === 'agent' ? 'output_text' : 'input_text', text };
    return this.command('add-item', {
      type: 'conversation.item.create',
      ...(previousItemId ? { previous_item_id: previousItemId } : {}),
      item: { id, type: 'message', role: roles[role], content: [content] },
    } as RealtimeClientEvent);
  }

  sendToolOutput(callId: string, output: string): string {
    return this.command('tool-output', {
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: callId, output },
    });
  }

  close(): void {
    if (this.isClosed) return;
    this.closed('asked', false);
  }

  private command(command: RealtimeCommand, event: RealtimeClientEvent): string {
    const eventId = `c${++this.commandCount}`;
    this.commands.set(eventId, command);
    if (this.commands.size > MAX_REMEMBERED_COMMANDS)
      this.commands.delete(this.commands.keys().next().value!);
    this.transmit(JSON.stringify({ event_id: eventId, ...event }));
    return eventId;
  }

  private transmit(message: string): void {
    if (this.isClosed) return;
    if (this.ready) {
      this.socket.send(message);
      this.checkBuffered();
    } else if (this.pending.push(message) > MAX_PENDING_MESSAGES) {
      this.overflow('too many commands before the session was ready');
    }
  }

  private checkBuffered(): void {
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) this.overflow('the network does not take audio');
  }

  private overflow(message: string): void {
    this.fail('overflow', message, 'overflow');
  }

  private keepAlive(): void {
    this.pinging = setInterval(() => {
      if (!this.wasPongReceived) return this.fail('ping-time-out', 'the model answers no pings', 'network');
      this.wasPongReceived = false;
      this.socket.ping();
    }, this.timings.pingMs);
  }

  /** A message is the bytes `from` to `to`, which are only lent. */
  private received(bytes: Buffer, from: number, to: number): void {
    if (this.isClosed) return;
    const audio = cutAudio(bytes, from, to);
    if (audio) return this.emit({ kind: 'audio', ...audio });
    const parsed = parseServerMessage(bytes.toString('utf8', from, to));
    if (parsed.kind === 'unneeded') return;
    if (parsed.kind !== 'event') return this.connection.onUnused(parsed);
    if (parsed.event.type === 'session.created') return this.created();
    if (parsed.event.type === 'session.updated' && this.ready) return;
    this.deliver(parsed.event);
  }

  private created(): void {
    clearTimeout(this.deadline);
    this.isCreated = true;
    this.sendSettings();
  }

  private sendSettings(): void {
    if (this.isClosed || !this.isCreated || !this.settings) return;
    this.expect('configure', this.timings.readyMs);
    this.commands.set(CONFIGURE_ID, 'configure');
    const update = sessionUpdate(this.settings, this.connection.transcriptionModel);
    this.socket.send(JSON.stringify({ event_id: CONFIGURE_ID, ...update }));
  }

  private deliver(serverEvent: ServerEvent): void {
    const event = realtimeEventOf(serverEvent, (eventId) => this.commands.get(eventId ?? '') ?? null);
    if (!event) return;
    if (event.kind === 'ready') this.becomeReady();
    this.emit(event);
    if (event.kind !== 'error' || !endsSession(event.problem)) return;
    this.closed(event.problem === 'expired' ? 'expired' : 'remote', event.problem !== 'denied');
  }

  /** What waited goes out before the listener hears of it, so that its own commands come after. */
  private becomeReady(): void {
    clearTimeout(this.deadline);
    this.ready = true;
    for (const message of this.pending) this.socket.send(message);
    this.pending = [];
  }

  private expect(step: 'connect' | 'configure', ms: number): void {
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => {
      this.fail(`${step}-time-out`, `the model did not ${step} within ${ms} ms`, 'time-out');
    }, ms);
  }

  /** Tells what ended the session, and ends it. */
  private fail(
    code: string,
    message: string,
    reason: ClosedReason,
    problem: RealtimeProblem = 'unavailable',
  ): void {
    if (this.isClosed) return;
    this.emit({ kind: 'error', problem, command: null, code, message, recoverable: false, eventId: null });
    this.closed(reason, problem !== 'denied');
  }

  private closed(reason: ClosedReason, isRetryable: boolean): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.pending = [];
    this.commands.clear();
    clearTimeout(this.deadline);
    clearInterval(this.pinging);
    this.endSocket();
    this.emit({ kind: 'closed', reason, isRetryable });
  }

  private endSocket(): void {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close(1000);
    const torn = setTimeout(() => this.socket.terminate(), this.timings.closeMs);
    torn.unref();
    this.socket.once('close', () => clearTimeout(torn));
  }

  private emit(event: RealtimeEvent): void {
    try {
      this.onEvent(event);
    } catch {
      // The listener guards itself; a call must not end the process by it.
    }
  }
}

const appendMessage = (mulaw: Uint8Array): string =>
  `${APPEND_HEAD}${Buffer.from(mulaw).toString('base64')}${APPEND_TAIL}`;
