import { type Timer } from '@frontdesk/runtime';
import { newOpenAiId } from '../ids';
import { CallerTurns } from './audio/caller-turns';
import { parseClientEvent, readEvent, type ClientEvent } from './client-events';
import { clientItem } from './items/client-item';
import { Conversation } from './items/conversation';
import { Rejection } from './rejection';
import { ResponseSequencer } from './responses/response-sequencer';
import { type ServerEvent } from './server-event';
import { clientEventRecord, itemRecords, serverEventRecord } from './session-book';
import { defaultSession, updatedSession, type SessionConfig } from './session-config';
import { type SessionContext, type SessionWire } from './session-context';

/** Events after which an unknown one is slipped in, when that fault is on. */
const SURPRISE_AFTER = new Set(['session.created', 'session.updated', 'response.created']);

/** One Realtime session: client events in, server events out, in the order and with the strictness of the vendor. */
export class RealtimeSession {
  readonly id = newOpenAiId('sess');
  readonly conversationId = newOpenAiId('conv');
  readonly conversation = new Conversation();
  config: SessionConfig;
  private readonly turns: CallerTurns;
  private readonly responses: ResponseSequencer;
  private readonly timers: Timer[] = [];
  private appends = 0;
  private isClosed = false;
  private isMute: boolean;

  constructor(
    model: string,
    readonly context: SessionContext,
    private readonly wire: SessionWire,
  ) {
    const { clock, book, faults, pace } = context;
    const expiresMs = faults.take('session-expires')?.number('afterMs', 1_000) ?? pace.sessionMaxMs;
    this.config = defaultSession(this.id, model, clock.now() + expiresMs);
    book.open(this.id, model, clock.now());
    this.saveSettings();
    this.turns = new CallerTurns(this);
    this.responses = new ResponseSequencer(this);
    this.isMute = faults.take('mute-session') !== undefined;
    this.after(expiresMs, () => this.expire());
    const dropped = faults.take('socket-drop');
    if (dropped) this.after(dropped.number('afterMs', 1_000), () => this.wire.drop());
    const createdMs = faults.take('session-created-delayed')?.number('ms', 5_000) ?? 0;
    this.after(createdMs, () => this.send({ type: 'session.created', session: this.view() }));
  }

  /** One text frame from the client. */
  receive(text: string): void {
    if (this.isClosed) return;
    let eventId: string | null = null;
    try {
      const raw = readEvent(text);
      ({ eventId } = raw);
      this.handle(parseClientEvent(raw));
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      this.refuse(error, eventId);
    }
  }

  receiveBinary(): void {
    this.refuse(new Rejection('invalid_type', 'Events must be sent as text frames.'), null);
  }

  send(event: ServerEvent): void {
    if (this.isClosed || this.isMute) return;
    const { book, clock, faults } = this.context;
    this.wire.send(JSON.stringify({ event_id: newOpenAiId('event'), ...event }));
    book.event(this.id, serverEventRecord(event, clock.now()));
    if (event.type === 'conversation.item.done' || event.type === 'response.done') this.changed();
    if (SURPRISE_AFTER.has(event.type) && faults.take('unknown-events'))
      this.wire.send(
        JSON.stringify({ event_id: newOpenAiId('event'), type: 'session.weather_changed', weather: 'rain' }),
      );
  }

  interrupted(): void {
    if (this.config.audio.input.turn_detection?.interrupt_response) this.responses.interrupt();
  }

  turnEnded(): void {
    if (!this.config.audio.input.turn_detection?.create_response) return;
    try {
      this.responses.create();
    } catch (error) {
      // A response that still runs when interrupt_response is off simply goes on.
      if (!(error instanceof Rejection)) throw error;
    }
  }

  /** The conversation as it now is goes into the book. */
  changed(): void {
    this.context.book.items(this.id, itemRecords(this.conversation));
  }

  /** The socket is gone. */
  closed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.responses.abandon();
    for (const timer of this.timers) timer.cancel();
    this.changed();
    this.context.book.update(this.id, {
      closedAtMs: this.context.clock.now(),
      input: { appends: this.appends, audioMs: this.turns.receivedMs },
    });
  }

  drop(): void {
    this.wire.drop();
  }

  private handle(event: ClientEvent): void {
    if (event.type === 'input_audio_buffer.append') {
      this.appends += 1;
      return this.turns.append(event.audio);
    }
    this.context.book.event(this.id, clientEventRecord(event, this.context.clock.now()));
    switch (event.type) {
      case 'session.update':
        return this.update(event.session);
      case 'input_audio_buffer.commit':
        return this.turns.commit();
      case 'input_audio_buffer.clear':
        return this.turns.clear();
      case 'conversation.item.create': {
        const item = clientItem(event.item, this.config.audio.input.format);
        const previousId = this.conversation.add(item, event.previous_item_id);
        this.send({ type: 'conversation.item.added', previous_item_id: previousId, item: item.wire });
        return this.send({ type: 'conversation.item.done', previous_item_id: previousId, item: item.wire });
      }
      case 'conversation.item.retrieve':
        return this.send({
          type: 'conversation.item.retrieved',
          item: this.conversation.get(event.item_id, 'retrieve').wire,
        });
      case 'conversation.item.delete':
        this.conversation.delete(event.item_id);
        this.changed();
        return this.send({ type: 'conversation.item.deleted', item_id: event.item_id });
      case 'conversation.item.truncate':
        this.conversation.get(event.item_id, 'truncate').truncate(event.audio_end_ms);
        this.changed();
        return this.send({
          type: 'conversation.item.truncated',
          item_id: event.item_id,
          content_index: event.content_index,
          audio_end_ms: event.audio_end_ms,
        });
      case 'response.create':
        return this.responses.create(event.response ?? undefined);
      case 'response.cancel':
        return this.responses.cancel(event.response_id ?? undefined);
    }
  }

  private update(update: Extract<ClientEvent, { type: 'session.update' }>['session']): void {
    const hasSpoken = this.conversation.list().some((item) => item.speech !== null);
    const before = this.config.audio.input.format.type;
    this.config = updatedSession(this.config, update, hasSpoken);
    this.turns.configure(before !== this.config.audio.input.format.type);
    this.saveSettings();
    this.isMute ||= this.context.faults.takeNamed('mute-session', this.config.instructions) !== undefined;
    this.send({ type: 'session.updated', session: this.view() });
  }

  /** The vendor's types of a session lag behind what it sends (`id`, `expires_at`). */
  private view(): Extract<ServerEvent, { type: 'session.created' }>['session'] {
    return this.config as unknown as Extract<ServerEvent, { type: 'session.created' }>['session'];
  }

  private saveSettings(): void {
    const { instructions, tracing, audio } = this.config;
    this.context.book.update(this.id, { instructions, tracing, voice: audio.output.voice });
  }

  private refuse({ code, message, param, type }: Rejection, eventId: string | null): void {
    this.context.book.violation(this.id, { atMs: this.context.clock.now(), code, message });
    this.send({ type: 'error', error: { type, code, message, param, event_id: eventId } });
  }

  private expire(): void {
    this.refuse(
      new Rejection('session_expired', 'Your session hit the maximum duration of 60 minutes.'),
      null,
    );
    this.wire.close(1001, 'session expired');
  }

  private after(ms: number, action: () => void): void {
    this.timers.push(this.context.clock.setTimer(action, ms));
  }
}
