import { type WebSocket } from 'ws';
import { pattern, type SteadyModel } from './steady-model';
import { mediaText, newSid, startMessage, type TwilioSide } from './twilio-side';

const FRAME_MS = 20;
const BYTES_PER_MS = 8;
/** From the end of what is heard to the caller's next turn, and from one turn to the next. */
const PAUSE_MS = 600;
const TURN_EVERY_MS = 3000;

/** What became of the healthy call beside the noise. */
export interface SteadyOutcome {
  readonly heard: Buffer;
  readonly framesSent: number;
  /** Caller audio as it was sent. */
  readonly said: Buffer;
  readonly turns: number;
  readonly isOpen: boolean;
}

/** A caller as healthy as can be: speaks without a pause, hears with a playout clock, echoes marks, takes its turns. */
export class SteadyCall {
  private readonly streamSid = newSid('MZ');
  private readonly callSid = newSid('CA');
  private readonly heard: Buffer[] = [];
  private readonly said: Buffer[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private socket!: WebSocket;
  private startedAtMs = 0;
  /** When all that came has been played. */
  private dryAtMs = 0;
  private nextTurnAtMs = 0;
  private turns = 0;
  private pace: NodeJS.Timeout | undefined;
  private isEnding = false;

  constructor(
    private readonly twilio: TwilioSide,
    private readonly model: SteadyModel,
    private readonly seed: number,
  ) {}

  async open(number: string): Promise<void> {
    const token = await this.twilio.ring(this.callSid, number);
    if (!token) throw new Error('the steady call was refused');
    this.socket = this.twilio.open();
    await new Promise((resolve, reject) => this.socket.once('open', resolve).once('error', reject));
    this.socket.on('message', (data) => this.received(String(data)));
    this.socket.send(JSON.stringify(startMessage(this.callSid, this.streamSid, token)));
    this.startedAtMs = performance.now();
    this.pace = setInterval(() => this.beat(), FRAME_MS);
  }

  /** Lets what is being said be heard to its end, and hangs up. */
  async close(): Promise<SteadyOutcome> {
    this.isEnding = true;
    const isOpen = this.socket.readyState === this.socket.OPEN;
    const patience = performance.now() + 10_000;
    while (performance.now() < this.dryAtMs + 1500 && performance.now() < patience)
      await new Promise((resolve) => setTimeout(resolve, 50));
    clearInterval(this.pace);
    for (const timer of this.timers) clearTimeout(timer);
    // Whatever is still on its way to the model arrives.
    await new Promise((resolve) => setTimeout(resolve, 300));
    this.socket.close();
    const heard = Buffer.concat(this.heard);
    return {
      heard,
      framesSent: this.said.length,
      said: Buffer.concat(this.said),
      turns: this.turns,
      isOpen,
    };
  }

  /** Sends what is due by the clock, so that a late timer leaves no gap. */
  private beat(): void {
    const nowMs = performance.now();
    while (this.said.length * FRAME_MS <= nowMs - this.startedAtMs) {
      const chunk = this.said.length;
      const frame = pattern(this.seed + 1_000_000 + chunk, 1);
      this.said.push(frame);
      const text = mediaText(this.streamSid, chunk + 1, chunk * FRAME_MS, frame.toString('base64'));
      if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
    }
    if (this.isEnding || this.heard.length === 0 || nowMs < this.nextTurnAtMs) return;
    if (nowMs < this.dryAtMs + PAUSE_MS) return;
    this.nextTurnAtMs = nowMs + TURN_EVERY_MS;
    this.turns += 1;
    this.model.callerTurn();
  }

  private received(text: string): void {
    const message = JSON.parse(text) as {
      event: string;
      media?: { payload: string };
      mark?: { name: string };
    };
    const nowMs = performance.now();
    if (message.media) {
      const audio = Buffer.from(message.media.payload, 'base64');
      this.heard.push(audio);
      this.dryAtMs = Math.max(this.dryAtMs, nowMs) + audio.length / BYTES_PER_MS;
    }
    if (message.mark) this.echo(message.mark.name, Math.max(0, this.dryAtMs - nowMs));
  }

  private echo(name: string, inMs: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      const mark = { event: 'mark', sequenceNumber: '1', streamSid: this.streamSid, mark: { name } };
      if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(mark));
    }, inMs);
    this.timers.add(timer);
  }
}
