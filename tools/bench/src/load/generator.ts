import { setTimeout as sleep } from 'node:timers/promises';
import { type InPlaceSocket } from '@frontdesk/runtime';
import { Call } from './call';
import { dial, STREAM_PATH, type Target } from './dial';
import { Histogram } from './histogram';
import { Measures, type MeasuresSnapshot } from './measures';
import { ModelSession } from './model-session';
import { Pacer } from './pacer';
import { bargeIn } from './scripts/barge-in';
import { talk } from './scripts/talk';

/** What the calls of a load do. */
export interface LoadPlan {
  readonly target: Target;
  readonly script: 'talk' | 'barge-in';
  readonly greetingFrames: number;
}

/** How many calls there shall be, and how they come and go. */
export interface LoadLevel {
  readonly calls: number;
  /** New calls a second until there are enough, and where calls end by themselves. */
  readonly perSecond: number;
  /** The oldest call hangs up so often, and another takes its place. */
  readonly churnPerSecond?: number;
}

const REACHED_WITHIN_MS = 60_000;

/** Holds a number of calls, both ends of each, and measures what each of them sees. */
export class Generator {
  private readonly pacer = new Pacer();
  private readonly calls = new Map<number, Call>();
  private readonly sessions = new Set<ModelSession>();
  private measures = new Measures();
  private plan: LoadPlan | null = null;
  private level: LoadLevel = { calls: 0, perSecond: 1 };
  private made = 0;
  private dialling = 0;
  private timer: NodeJS.Timeout | undefined;
  private churn: NodeJS.Timeout | undefined;
  private endedBytes = { sent: 0, arrived: 0 };

  constructor() {
    this.pacer.start();
  }

  /** The model's end of a new session. */
  session(socket: InPlaceSocket): void {
    const session = new ModelSession(socket, (known, number) => {
      const call = this.calls.get(number);
      if (call && !call.session) call.attach(known);
    });
    this.sessions.add(session);
    socket.on('close', () => this.sessions.delete(session));
  }

  use(plan: LoadPlan): void {
    this.plan = plan;
  }

  /** Resolves when as many calls are up, or rejects when they do not come. */
  async hold(level: LoadLevel): Promise<void> {
    this.level = level;
    clearInterval(this.timer);
    clearInterval(this.churn);
    this.timer = setInterval(() => this.fill(), 1000 / level.perSecond);
    if (level.churnPerSecond) this.churn = setInterval(() => this.endOldest(), 1000 / level.churnPerSecond);
    while (this.calls.size > level.calls) this.endOldest();
    const untilMs = performance.now() + REACHED_WITHIN_MS;
    while (this.attached < level.calls * 0.98) {
      if (performance.now() > untilMs)
        throw new Error(
          `only ${this.attached} of ${level.calls} calls came up: ${JSON.stringify(this.measures.breaks)}`,
        );
      await sleep(50);
    }
  }

  /** All calls hang up. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    clearInterval(this.churn);
    for (const call of [...this.calls.values()]) call.hangUp();
    // The gateway closes the model sessions once it knows.
    for (let waits = 0; waits < 100 && this.sessions.size > 0; waits++) await sleep(50);
    for (const session of [...this.sessions]) session.close();
  }

  /** What was seen since the last `reset`. */
  read(): MeasuresSnapshot {
    const live = { ...this.endedBytes };
    for (const call of this.calls.values()) {
      live.sent += call.leg.sentBytes;
      live.arrived += call.session?.audioBytes ?? 0;
    }
    return {
      ...this.measures.snapshot(),
      lateness: this.pacer.lateness.summary(),
      activeCalls: this.attached,
      callerBytes: live,
    };
  }

  reset(): void {
    this.measures = new Measures();
    this.pacer.lateness = new Histogram();
  }

  private get attached(): number {
    let count = 0;
    for (const call of this.calls.values()) if (call.session) count += 1;
    return count;
  }

  private fill(): void {
    if (!this.plan || this.calls.size + this.dialling >= this.level.calls) return;
    this.dialling += 1;
    void this.begin(this.plan)
      .catch((error: unknown) => this.measures.broke(error instanceof Error ? error.message : String(error)))
      .finally(() => (this.dialling -= 1));
  }

  private async begin({ target, script, greetingFrames }: LoadPlan): Promise<void> {
    const number = ++this.made;
    const { callSid, signature, parameters } = await dial(target);
    const isGateway = target.kind === 'gateway';
    const call = new Call({
      number,
      leg: {
        host: '127.0.0.1',
        port: target.port,
        path: STREAM_PATH,
        signature,
        accountSid: target.accountSid,
        callSid,
        parameters,
      },
      measures: () => this.measures,
      script: script === 'talk' ? talk(isGateway) : bargeIn,
      greetingFrames,
      answersItself: !isGateway,
      onOver: (over) => this.over(over),
    });
    this.calls.set(number, call);
    this.pacer.join(call);
  }

  private over(call: Call): void {
    this.calls.delete(call.number);
    this.pacer.leave(call);
    this.endedBytes.sent += call.leg.sentBytes;
    this.endedBytes.arrived += call.session?.audioBytes ?? 0;
  }

  private endOldest(): void {
    const oldest = this.calls.values().next().value;
    oldest?.hangUp();
  }
}
