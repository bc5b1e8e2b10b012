import { type WebSocket } from 'ws';
import { Random } from '../random';

/** In the instructions of the steady call's business, and so in its session's settings. */
export const STEADY_MARKER = 'the steady call of the fuzz run';
const FRAME_BYTES = 160;
/** 1.2 s of speech a turn, in deltas of 100 ms. */
const TURN_FRAMES = 60;
const DELTA_FRAMES = 5;

/** Audio that says what it is: no two of its bytes' runs are alike. */
export const pattern = (seed: number, frames: number): Buffer =>
  Random.of(seed, 3).bytes(frames * FRAME_BYTES);

/** The well-behaved model of one call: answers each turn with audio that is known beforehand, and keeps what it hears. */
export class SteadyModel {
  private socket: WebSocket | null = null;
  private turns = 0;
  private responses = 0;
  private readonly heardChunks: Buffer[] = [];
  /** What it said, one buffer a response. */
  readonly said: Buffer[] = [];
  /** Sessions that this call had: one, unless something broke. */
  sessions = 0;

  constructor(private readonly seed: number) {}

  /** All caller audio that it was given. */
  get heard(): Buffer {
    return Buffer.concat(this.heardChunks);
  }

  attach(socket: WebSocket, first: string): void {
    this.sessions += 1;
    this.socket = socket;
    socket.on('message', (data) => this.received(String(data)));
    this.received(first);
  }

  /** The caller has spoken: the gateway is to ask for a response. */
  callerTurn(): void {
    const item = `turn_${++this.turns}`;
    this.send({ type: 'input_audio_buffer.speech_started', item_id: item, audio_start_ms: 0 });
    this.send({ type: 'input_audio_buffer.speech_stopped', item_id: item, audio_end_ms: 500 });
    this.send({ type: 'input_audio_buffer.committed', item_id: item });
    this.send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: item,
      transcript: 'go on',
    });
  }

  private received(text: string): void {
    const message = JSON.parse(text) as { type: string; audio?: string };
    if (message.type === 'session.update') this.send({ type: 'session.updated', session: { id: 'steady' } });
    if (message.type === 'input_audio_buffer.append')
      this.heardChunks.push(Buffer.from(message.audio ?? '', 'base64'));
    if (message.type === 'response.create') this.respond();
  }

  private respond(): void {
    const number = ++this.responses;
    const ids = { response_id: `steady_${number}`, item_id: `said_${number}` };
    const audio = pattern(this.seed + number, TURN_FRAMES);
    this.said.push(audio);
    this.send({ type: 'response.created', response: { id: ids.response_id } });
    for (let from = 0; from < audio.length; from += DELTA_FRAMES * FRAME_BYTES) {
      const delta = audio.subarray(from, from + DELTA_FRAMES * FRAME_BYTES).toString('base64');
      this.send({ type: 'response.output_audio.delta', ...ids, delta });
    }
    this.send({ type: 'response.output_audio_transcript.delta', ...ids, delta: 'as I was saying' });
    this.send({
      type: 'response.output_item.done',
      response_id: ids.response_id,
      item: { id: ids.item_id, type: 'message' },
    });
    this.send({ type: 'response.done', response: { id: ids.response_id, status: 'completed' } });
  }

  private send(event: object): void {
    this.socket?.send(JSON.stringify(event));
  }
}
