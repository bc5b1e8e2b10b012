import { RESPONSE_SLOTS, stampedAudio } from './frame-stamp';
import { Heard } from './heard';
import { type ModelSession } from './model-session';

/** How OpenAI's model behaves, roughly: audio comes at four times the speed of speech. */
const CREATED_AFTER_MS = 20;
const FIRST_DELTA_AFTER_MS = 250;
const DELTA_EVERY_MS = 50;
const DELTA_FRAMES = 10;
/** Deltas that still come after a cancel, and then the response's end. */
const LATE_DELTAS = 2;
const DONE_AFTER_CANCEL_MS = 80;
/** 5 to 7 s of speech. */
const MIN_PIECES = 25;
const PIECES_SPREAD = 11;

/** One response: what the model was asked for, sent of it, and what the caller was given. */
export class Response extends Heard {
  readonly itemId: string;
  createdAtMs: number | null = null;
  doneAtMs: number | null = null;
  cancelledAtMs: number | null = null;
  cancels = 0;
  truncatedAtMs: number | null = null;
  isDeleted = false;
  sentPieces = 0;

  constructor(
    readonly id: string,
    slot: number,
    readonly pieces: number,
    readonly askedAtMs: number,
  ) {
    super(slot, pieces * DELTA_FRAMES);
    this.itemId = `item_${id}`;
  }
}

const pieces = new Map<number, string>();

/** Base64 of one delta's audio; made once for all calls. */
const pieceOf = (slot: number, piece: number): string => {
  const key = slot * 256 + piece;
  let audio = pieces.get(key);
  if (audio === undefined) {
    audio = stampedAudio(slot, piece * DELTA_FRAMES, DELTA_FRAMES).toString('base64');
    pieces.set(key, audio);
  }
  return audio;
};

/** The model speaking: one response at a time, with the events of the Realtime API in their order. */
export class ModelVoice {
  current: Response | null = null;
  readonly past: Response[] = [];
  /** For a script that has the caller speak before `response.created`. */
  createdAfterMs = CREATED_AFTER_MS;
  private made = 0;
  private nextDeltaAtMs = 0;
  private lateDeltas = 0;
  private events = 2;

  constructor(private readonly session: ModelSession) {}

  /** `response.create`. */
  ask(nowMs: number, eventId: string | undefined): void {
    if (this.current) return this.refuse('conversation_already_has_active_response', eventId);
    const count = this.made++;
    const length = MIN_PIECES + ((count * 7) % PIECES_SPREAD);
    this.current = new Response(`resp_${this.session.id}_${count}`, count % RESPONSE_SLOTS, length, nowMs);
    this.past.push(this.current);
    if (this.past.length > 8) this.past.shift();
  }

  /** `response.cancel`. */
  cancel(responseId: unknown, nowMs: number, eventId: string | undefined): Response | undefined {
    const response = this.past.find(({ id }) => id === responseId);
    if (response) response.cancels += 1;
    if (!response || response !== this.current) {
      this.refuse('response_cancel_not_active', eventId);
      return response;
    }
    if (response.cancelledAtMs === null) {
      response.cancelledAtMs = nowMs;
      this.lateDeltas = LATE_DELTAS;
    }
    return response;
  }

  ofItem(itemId: unknown): Response | undefined {
    return this.past.find((response) => response.itemId === itemId);
  }

  due(nowMs: number): void {
    const response = this.current;
    if (!response) return;
    if (response.createdAtMs === null) {
      if (nowMs >= response.askedAtMs + this.createdAfterMs) this.create(response, nowMs);
      return;
    }
    if (response.cancelledAtMs !== null && this.lateDeltas === 0) {
      if (nowMs >= response.cancelledAtMs + DONE_AFTER_CANCEL_MS) this.finish(nowMs);
      return;
    }
    if (nowMs < this.nextDeltaAtMs) return;
    this.nextDeltaAtMs += DELTA_EVERY_MS;
    this.delta(response);
    if (response.cancelledAtMs !== null) this.lateDeltas -= 1;
    else if (response.sentPieces === response.pieces) this.finish(nowMs);
  }

  /** The response ends now, cancelled or generated to its end. */
  finish(nowMs: number): void {
    const response = this.current;
    if (!response) return;
    response.doneAtMs = nowMs;
    this.current = null;
    const { id, itemId, cancelledAtMs } = response;
    const status = cancelledAtMs === null ? 'completed' : 'cancelled';
    const place = `"response_id":"${id}","output_index":0`;
    const item = `{"id":"${itemId}","type":"message","status":"${status === 'completed' ? status : 'incomplete'}","role":"assistant","content":[]}`;
    if (response.sentPieces > 0) {
      this.event('response.output_audio.done', `${place},"item_id":"${itemId}","content_index":0`);
      this.event(
        'response.output_audio_transcript.done',
        `${place},"item_id":"${itemId}","content_index":0,"transcript":"said"`,
      );
      this.event('response.content_part.done', `${place},"item_id":"${itemId}","content_index":0`);
      this.event('response.output_item.done', `${place},"item":${item}`);
    }
    this.event(
      'response.done',
      `"response":{"id":"${id}","object":"realtime.response","status":"${status}","output":[${item}],"usage":{"input_tokens":120,"output_tokens":80}}`,
    );
    this.event('rate_limits.updated', '"rate_limits":[]');
  }

  event(type: string, fields: string): void {
    this.session.send(`{"type":"${type}","event_id":"event_${++this.events}",${fields}}`);
  }

  private create(response: Response, nowMs: number): void {
    response.createdAtMs = nowMs;
    this.nextDeltaAtMs = nowMs + FIRST_DELTA_AFTER_MS;
    const { id } = response;
    this.event('response.created', `"response":{"id":"${id}","status":"in_progress","output":[]}`);
  }

  private delta(response: Response): void {
    const { id, itemId, slot } = response;
    const place = `"response_id":"${id}","item_id":"${itemId}","output_index":0,"content_index":0`;
    if (response.sentPieces === 0) {
      const item = `{"id":"${itemId}","type":"message","status":"in_progress","role":"assistant","content":[]}`;
      this.event('response.output_item.added', `"response_id":"${id}","output_index":0,"item":${item}`);
      this.event('conversation.item.added', `"item":${item}`);
      this.event('response.content_part.added', `${place},"part":{"type":"audio","transcript":""}`);
    }
    this.event('response.output_audio_transcript.delta', `${place},"delta":"word ${response.sentPieces} "`);
    this.event('response.output_audio.delta', `${place},"delta":"${pieceOf(slot, response.sentPieces)}"`);
    response.sentPieces += 1;
  }

  private refuse(code: string, eventId: string | undefined): void {
    this.event(
      'error',
      `"error":{"type":"invalid_request_error","code":"${code}","message":"${code}","event_id":${JSON.stringify(eventId ?? null)}}`,
    );
  }
}
