import { ManualClock } from '@frontdesk/runtime';
import { PlaybackLedger, LedgerItem } from './playback-ledger';
import { Playout } from './playout';
import { PlayoutClock } from './playout-clock';
import { Source } from './source';

const LEAD_MS = 140;

/** Plays what it is given at 20 ms a frame from the first frame on, as Twilio does. */
class Line {
  readonly sends: { atMs: number; frames: number }[] = [];
  readonly marks: string[] = [];
  private readonly chunks: Buffer[] = [];
  frames = 0;
  isWritable = true;
  private dryAtMs = -1;
  starvedMs = 0;
  flushTakesMs = 0;

  constructor(private readonly time: ManualClock) {}

  media(mulaw: Uint8Array, from: number, to: number): void {
    const bytes = Buffer.from(mulaw.slice(from, to));
    const nowMs = this.time.monotonicMs();
    if (this.dryAtMs >= 0 && nowMs > this.dryAtMs) this.starvedMs += nowMs - this.dryAtMs;
    this.dryAtMs = Math.max(this.dryAtMs, nowMs) + (bytes.length / 160) * 20;
    this.sends.push({ atMs: nowMs, frames: bytes.length / 160 });
    this.chunks.push(bytes);
    this.frames += bytes.length / 160;
  }

  mark(name: string): void {
    this.marks.push(name);
  }

  /** Forgets what it has not played. */
  clear(): void {
    this.dryAtMs = this.time.monotonicMs();
  }

  flush(): void {
    // What is given here has been sent; a slow socket takes its time for it.
    const takesMs = this.flushTakesMs;
    this.flushTakesMs = 0;
    if (takesMs > 0) this.time.advance(takesMs);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

/** Audio whose every byte says where it belongs. */
const audio = (frames: number, first = 0): Buffer => {
  const bytes = Buffer.alloc(frames * 160);
  for (let frame = 0; frame < frames; frame++)
    bytes.fill((first + frame) % 251, frame * 160, (frame + 1) * 160);
  return bytes;
};

const call = (leadMs = LEAD_MS) => {
  const time = new ManualClock();
  const line = new Line(time);
  const ledger = new PlaybackLedger(1);
  const heard: string[] = [];
  const log: string[] = [];
  const playout = new Playout({
    clock: time,
    playoutClock: new PlayoutClock(
      time,
      () => undefined,
      (error) => {
        throw error;
      },
    ),
    ledger,
    sink: line,
    listener: {
      started: (source) => log.push(`started ${source.id}`),
      stalled: (gapMs) => log.push(`stalled ${gapMs}`),
      slowSend: () => log.push('slow'),
      dropped: (total) => log.push(`dropped ${total}`),
    },
    leadMs,
    maxFrames: 120,
  });
  const source = (id: string, frames: number, options: { open?: boolean; first?: number } = {}) => {
    const made = new Source('response', id, (done) => heard.push(done.id));
    const item = new LedgerItem(`item-${id}`, id);
    made.add(item, audio(frames, options.first));
    if (!options.open) made.complete();
    return { source: made, item };
  };
  return { time, line, ledger, playout, source, heard, log };
};

describe('Playout', () => {
  it('tells of a send that the socket took more than 50 ms for, and of no other', () => {
    const { line, playout, source, log } = call();
    line.flushTakesMs = 50;
    playout.play(source('a', 5).source);
    expect(log).toEqual(['started a']);
    line.flushTakesMs = 51;
    playout.play(source('b', 5).source);
    expect(log).toEqual(['started a', 'started b', 'slow']);
  });

  it('sends the first frames at once and keeps the line 140 to 160 ms ahead', () => {
    const { time, line, playout, source } = call();
    playout.play(source('a', 500).source);
    expect(line.frames).toBe(7);
    for (let ms = 1; ms < 5000; ms++) {
      time.advance(1);
      const aheadMs = line.frames * 20 - time.monotonicMs();
      expect(aheadMs).toBeGreaterThanOrEqual(LEAD_MS - 20);
      expect(aheadMs).toBeLessThanOrEqual(LEAD_MS + 20);
    }
  });

  it('sends a minute at 50.0 frames a second, each byte once and in order, without dropping', () => {
    const { time, line, playout, source } = call();
    playout.play(source('a', 3000).source);
    time.advance(60_000);
    expect(line.bytes.equals(audio(3000))).toBe(true);
    expect(playout.takeTotalFigures()).toEqual({ framesSent: 3000, fps: 50, maxGapMs: 20, underruns: 0 });
    expect(playout.tx.dropped).toBe(0);
    expect(playout.tx.maxDepth).toBeLessThan(10);
  });

  it('builds a long lead up at once too, and measures its rate without it', () => {
    const { time, line, playout, source } = call(1000);
    playout.play(source('a', 500).source);
    expect(line.frames).toBe(50);
    time.advance(10_000);
    expect(playout.takeTotalFigures()).toMatchObject({ fps: 50, underruns: 0 });
    expect(playout.tx.maxDepth).toBeLessThanOrEqual(10);
  });

  it('leaves no gap on the line when the process stalls for 100 ms', () => {
    const { time, line, playout, source } = call();
    playout.play(source('a', 500).source);
    time.advance(1000);
    stall(time, 100);
    time.advance(4000);
    expect(line.starvedMs).toBe(0);
    expect(playout.takeTotalFigures()).toMatchObject({ underruns: 0 });
  });

  it('counts an underrun and goes on from there when the process stalls for half a second', () => {
    const { time, line, playout, source, log } = call();
    playout.play(source('a', 500).source);
    time.advance(1000);
    stall(time, 500);
    const before = line.frames;
    time.advance(1000);
    expect(line.frames - before).toBeLessThanOrEqual(57);
    expect(playout.takeTotalFigures()).toMatchObject({ underruns: 1 });
    expect(log.some((entry) => entry.startsWith('stalled'))).toBe(true);
  });

  it('withholds what was not queued when interrupted, and sends nothing of it later', () => {
    const { time, line, playout, source } = call();
    const { source: answer, item } = source('a', 500, { open: true });
    playout.play(answer);
    time.advance(1000);
    playout.interrupt();
    const sent = line.frames;
    answer.add(item, audio(50));
    time.advance(1000);
    expect(line.frames).toBe(sent);
    expect(item.queuedBytes).toBe(sent * 160);
    expect(item.generatedBytes).toBe(550 * 160);
  });

  it('plays a new source right behind the interrupted one without waiting for the line to run dry', () => {
    const { time, line, playout, source } = call();
    playout.play(source('a', 500).source);
    time.advance(1000);
    playout.interrupt();
    const cut = line.frames;
    playout.play(source('b', 10, { first: 100 }).source);
    time.advance(300);
    expect(line.frames).toBe(cut + 10);
    expect(line.bytes.subarray(cut * 160).equals(audio(10, 100))).toBe(true);
    expect(line.starvedMs).toBe(0);
  });

  it('marks every 200 ms and at the end of a source, which tells when it was heard', () => {
    const { time, line, ledger, playout, source, heard } = call();
    const { source: answer, item } = source('a', 25);
    playout.play(answer);
    time.advance(1000);
    expect(line.marks.length).toBe(3);
    ledger.heard(line.marks[0]!);
    expect(item.heardBytes).toBeGreaterThanOrEqual(10 * 160);
    expect(heard).toEqual([]);
    ledger.heard(line.marks.at(-1)!);
    expect(heard).toEqual(['a']);
    expect(item.heardBytes).toBe(25 * 160);
  });

  it('is audible until the last mark came back, and not for ever when that mark is lost', () => {
    const { time, line, ledger, playout, source } = call();
    playout.play(source('a', 25).source);
    time.advance(600);
    expect(playout.isAudible()).toBe(true);
    ledger.heard(line.marks.at(-1)!);
    expect(playout.isAudible()).toBe(false);
    playout.play(source('b', 25).source);
    time.advance(600);
    expect(playout.isAudible()).toBe(true);
    time.advance(2000);
    expect(playout.isAudible()).toBe(false);
  });

  it('waits with a source while the socket takes nothing, and then loses no frame', () => {
    const { time, line, playout, source } = call();
    playout.play(source('a', 200).source);
    time.advance(500);
    line.isWritable = false;
    time.advance(3000);
    expect(playout.tx.depth).toBeLessThanOrEqual(10);
    line.isWritable = true;
    time.advance(6000);
    expect(line.bytes.equals(audio(200))).toBe(true);
    expect(playout.tx.dropped).toBe(0);
  });

  it('pads the last partial frame of an item with silence and counts only its own bytes as queued', () => {
    const { line, playout } = call();
    const item = new LedgerItem('i', null);
    const source = new Source('greeting', 'g');
    source.add(item, Buffer.alloc(100, 1));
    playout.play(source);
    expect(line.frames).toBe(0);
    source.complete();
    playout.wake();
    expect(line.bytes).toEqual(Buffer.concat([Buffer.alloc(100, 1), Buffer.alloc(60, 0xff)]));
    expect(item.queuedBytes).toBe(100);
  });

  it('joins pieces of odd size without losing a byte', () => {
    const { time, line, playout } = call();
    const item = new LedgerItem('i', null);
    const source = new Source('response', 'r');
    const whole = audio(40);
    playout.play(source);
    for (let at = 0; at < whole.length; at += 333) {
      source.add(item, whole.subarray(at, at + 333));
      playout.wake();
      time.advance(7);
    }
    source.complete();
    playout.wake();
    time.advance(1000);
    expect(line.bytes.equals(whole)).toBe(true);
  });

  it('holds at most five minutes in a source', () => {
    const source = new Source('response', 'r');
    const item = new LedgerItem('i', 'r');
    expect(source.add(item, audio(15_000))).toBe(true);
    expect(source.add(item, audio(1))).toBe(false);
  });

  it('flushes the TX queue only when it closes', () => {
    const { time, line, playout, source } = call();
    playout.play(source('a', 200).source);
    line.isWritable = false;
    time.advance(100);
    expect(playout.close()).toBeGreaterThan(0);
    time.advance(1000);
    expect(time.pendingTimers).toBe(0);
  });

  it('plays a source ahead of one that stands still, and behind what the other still holds', () => {
    const { time, line, playout, source } = call();
    const stalled = source('a', 10, { open: true });
    playout.play(stalled.source);
    time.advance(500);
    playout.playAhead(source('b', 10, { first: 100 }).source);
    time.advance(1000);
    expect(line.bytes.equals(Buffer.concat([audio(10), audio(10, 100)]))).toBe(true);
    playout.playAhead(source('c', 5, { first: 50 }).source);
    stalled.source.add(stalled.item, audio(5, 10));
    playout.wake();
    time.advance(1000);
    expect(line.bytes.subarray(20 * 160).equals(Buffer.concat([audio(5, 50), audio(5, 10)]))).toBe(true);
  });

  it('cleared, is not audible at once, and begins anew with the next source', () => {
    const { time, line, playout, source } = call();
    const { source: cut, item } = source('a', 500);
    playout.play(cut);
    time.advance(1000);
    playout.interrupt();
    playout.clear([item]);
    expect(item.hearableMs).toBe(1000);
    expect(playout.isAudible()).toBe(false);
    expect(playout.bufferedMs).toBe(0);
    const before = line.frames;
    playout.play(source('b', 100).source);
    expect(line.frames - before).toBe(7);
    time.advance(5000);
    expect(line.frames - before).toBe(100);
    expect(playout.takeTotalFigures()).toMatchObject({ underruns: 0 });
  });
});

/** Time passes, but no timer fires until its end. */
const stall = (time: ManualClock, ms: number): void => {
  const timers = (time as unknown as { timers: { at: number }[] }).timers;
  for (const timer of timers) timer.at += ms;
  time.advance(ms);
};
