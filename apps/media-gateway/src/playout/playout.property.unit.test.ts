import { ManualClock } from '@frontdesk/runtime';
import fc from 'fast-check';
import { LedgerItem, PlaybackLedger } from './playback-ledger';
import { Playout } from './playout';
import { PlayoutClock } from './playout-clock';
import { Source } from './source';
import { TxQueue } from './tx-queue';

const LEAD_MS = 140;
const FRAME_MS = 20;
const FRAME_BYTES = 160;
/** The alarm level of the TX queue. */
const CEILING_FRAMES = 10;

/** Time that can also pass without anything being done, as in a process that stands still. */
class StallingClock extends ManualClock {
  private stalledMs = 0;
  override monotonicMs(): number {
    return super.monotonicMs() + this.stalledMs;
  }
  stall(ms: number): void {
    this.stalledMs += ms;
  }
}

/** A frame that says of which source it is, and which of its frames. */
const frames = (source: number, from: number, count: number): Buffer => {
  const bytes = Buffer.alloc(count * FRAME_BYTES);
  for (let index = 0; index < count; index++) {
    bytes.writeUInt32BE(source, index * FRAME_BYTES);
    bytes.writeUInt32BE(from + index, index * FRAME_BYTES + 4);
  }
  return bytes;
};

interface Sent {
  readonly source: number;
  readonly frame: number;
}

/** A call with a line that notes what it gets, and how far ahead it was of what is played. */
class Call {
  readonly time = new StallingClock();
  readonly ledger = new PlaybackLedger(1);
  readonly sent: Sent[] = [];
  readonly sources: {
    source: Source;
    item: LedgerItem;
    added: number;
    isInterrupted: boolean;
    isComplete: boolean;
  }[] = [];
  isWritable = true;
  maxAheadMs = 0;
  maxDepth = 0;
  private dryAtMs = 0;
  private readonly marks: { name: string; atMs: number }[] = [];
  readonly playout: Playout;

  constructor() {
    // The playout asks for `isWritable` anew each time.
    const isWritable = (): boolean => this.isWritable;
    this.playout = new Playout({
      clock: this.time,
      playoutClock: new PlayoutClock(
        this.time,
        () => undefined,
        (error) => {
          throw error;
        },
      ),
      ledger: this.ledger,
      sink: {
        get isWritable() {
          return isWritable();
        },
        media: (mulaw: Uint8Array, from: number, to: number) =>
          this.media(Buffer.from(mulaw.slice(from, to))),
        mark: (name: string) => this.marks.push({ name, atMs: this.dryAtMs }),
        clear: () => undefined,
        flush: () => undefined,
      },
      listener: {
        started: () => undefined,
        stalled: () => undefined,
        slowSend: () => undefined,
        dropped: () => undefined,
      },
      leadMs: LEAD_MS,
      maxFrames: 120,
    });
  }

  play(count: number): void {
    const number = this.sources.length;
    const source = new Source('response', `s${number}`);
    const item = new LedgerItem(`i${number}`, `s${number}`);
    source.add(item, frames(number, 0, count));
    this.sources.push({ source, item, added: count, isInterrupted: false, isComplete: false });
    this.playout.play(source);
  }

  /** More of the newest source. */
  add(count: number): void {
    const newest = this.sources.at(-1);
    if (!newest || newest.isInterrupted || newest.isComplete) return;
    newest.source.add(newest.item, frames(this.sources.length - 1, newest.added, count));
    newest.added += count;
    this.playout.wake();
  }

  interrupt(): void {
    for (const entry of this.sources) if (!entry.source.isFinished) entry.isInterrupted = true;
    this.playout.interrupt();
  }

  completeAll(): void {
    for (const entry of this.sources) {
      if (entry.isInterrupted) continue;
      entry.isComplete = true;
      entry.source.complete();
    }
    this.playout.wake();
  }

  echoMarks(): void {
    const nowMs = this.time.monotonicMs();
    while (this.marks[0] && this.marks[0].atMs <= nowMs) this.ledger.heard(this.marks.shift()!.name);
  }

  look(): void {
    this.maxDepth = Math.max(this.maxDepth, this.playout.tx.depth);
  }

  private media(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES)
      this.sent.push({ source: bytes.readUInt32BE(at), frame: bytes.readUInt32BE(at + 4) });
    const nowMs = this.time.monotonicMs();
    this.dryAtMs = Math.max(this.dryAtMs, nowMs) + (bytes.length / FRAME_BYTES) * FRAME_MS;
    this.maxAheadMs = Math.max(this.maxAheadMs, this.dryAtMs - nowMs);
  }
}

type Step = readonly [
  'play' | 'add' | 'advance' | 'stall' | 'interrupt' | 'complete' | 'block' | 'unblock',
  number,
];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('play' as const), fc.integer({ min: 1, max: 60 })) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('add' as const), fc.integer({ min: 1, max: 40 })) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('advance' as const), fc.integer({ min: 0, max: 900 })) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('stall' as const), fc.integer({ min: 0, max: 600 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('interrupt' as const), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('complete' as const), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('block' as const), fc.constant(0)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('unblock' as const), fc.constant(0)) },
);

const run = (steps: readonly Step[]): Call => {
  const call = new Call();
  const does: Record<Step[0], (value: number) => void> = {
    play: (count) => {
      call.completeAll();
      call.play(count);
    },
    add: (count) => call.add(count),
    advance: (ms) => call.time.advance(ms),
    stall: (ms) => call.time.stall(ms),
    interrupt: () => call.interrupt(),
    complete: () => call.completeAll(),
    block: () => (call.isWritable = false),
    unblock: () => (call.isWritable = true),
  };
  for (const [what, value] of steps) {
    does[what](value);
    call.echoMarks();
    call.look();
  }
  return call;
};

const finish = (call: Call): void => {
  call.isWritable = true;
  call.completeAll();
  for (let index = 0; index < 400; index++) {
    call.time.advance(500);
    call.echoMarks();
  }
};

describe('whatever a call’s sources, stalls and socket do', () => {
  it('Twilio is never given more than the lead and one frame ahead, and the TX queue never passes its alarm level', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const call = run(steps);
        finish(call);
        expect(call.maxAheadMs).toBeLessThanOrEqual(LEAD_MS + FRAME_MS);
        expect(call.maxDepth).toBeLessThanOrEqual(CEILING_FRAMES);
        expect(call.playout.tx.dropped).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('frames go out in order, source after source, none lost and none twice; only an interrupted source ends early', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const call = run(steps);
        finish(call);
        const counts = new Map<number, number>();
        let newest = 0;
        for (const { source, frame } of call.sent) {
          expect(source).toBeGreaterThanOrEqual(newest);
          newest = source;
          expect(frame).toBe(counts.get(source) ?? 0);
          counts.set(source, frame + 1);
        }
        call.sources.forEach(({ added, isInterrupted }, source) => {
          const sent = counts.get(source) ?? 0;
          if (isInterrupted) expect(sent).toBeLessThanOrEqual(added);
          else expect(sent).toBe(added);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('of each item at least as much was generated as queued, as sent, as heard; and in the end all that was sent is heard', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const call = run(steps);
        const check = (): void => {
          for (const { item } of call.sources) {
            expect(item.generatedBytes).toBeGreaterThanOrEqual(item.queuedBytes);
            expect(item.queuedBytes).toBeGreaterThanOrEqual(item.sentBytes);
            expect(item.sentBytes).toBeGreaterThanOrEqual(item.heardBytes);
          }
        };
        check();
        finish(call);
        check();
        for (const { item } of call.sources) expect(item.heardBytes).toBe(item.sentBytes);
        expect(call.playout.isAudible()).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the TX queue, whatever it is given and gives', () => {
  it('holds the newest frames in the order in which they came, and counts what it dropped', () => {
    const operation = fc.oneof(
      fc.record({ put: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 12 }) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(operation, { maxLength: 60 }),
        (size, operations) => {
          const queue = new TxQueue(size);
          const item = new LedgerItem('i', null);
          const model: number[] = [];
          let next = 0;
          let dropped = 0;
          for (const todo of operations) {
            if ('put' in todo)
              for (let count = todo.put; count > 0; count--, next++) {
                const at = queue.reserve();
                queue.buffer.fill(next % 251, at, at + FRAME_BYTES);
                queue.commit(item, next);
                model.push(next);
                if (model.length > size) {
                  model.shift();
                  dropped += 1;
                }
              }
            else if (queue.depth > 0) {
              const taken = queue.batch(todo.take);
              const wanted = model.splice(0, taken);
              expect(
                Buffer.from(queue.buffer.subarray(queue.oldest, queue.oldest + taken * FRAME_BYTES)),
              ).toEqual(Buffer.concat(wanted.map((value) => Buffer.alloc(FRAME_BYTES, value % 251))));
              expect(queue.endAt(0)).toBe(wanted[0]);
              queue.release(taken);
            }
            expect([queue.depth, queue.dropped]).toEqual([model.length, dropped]);
          }
          expect(queue.flush()).toBe(model.length);
        },
      ),
    );
  });
});
