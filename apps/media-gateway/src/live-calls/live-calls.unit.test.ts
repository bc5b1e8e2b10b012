import { EventEmitter, once } from 'node:events';
import { type LiveCall } from '@frontdesk/contracts';
import { type CallRecord } from '../streams/stream-registry';
import { LiveCalls } from './live-calls';
import { LiveCallsFeed } from './live-calls-feed';

const sid = (digit: number): string => `CA${String(digit).repeat(32)}`;
const describe1 = { speaking: 'agent' as const, queueDepth: 1, lastWords: 'hello' };
const record = (digit: number, generation: number): CallRecord =>
  ({
    callSid: sid(digit),
    businessId: null,
    direction: 'inbound',
    generation,
    phase: 'live',
    startedAt: new Date(digit * 1000),
    session: { describe: () => describe1 },
  }) as unknown as CallRecord;
const told = (digit: number, generation: number): LiveCall => ({
  callSid: sid(digit),
  businessId: null,
  direction: 'inbound',
  generation,
  phase: 'live',
  startedAt: new Date(digit * 1000).toISOString(),
  durationMs: 0,
  ...describe1,
});

describe('LiveCalls', () => {
  it('tells calls here and at the peers, oldest first, each once by its newer stream', async () => {
    const live = new LiveCalls(
      { live: () => [record(2, 1), record(3, 2)] },
      { liveCalls: () => Promise.resolve([told(1, 1), told(2, 2), told(3, 1)]) },
      () => 5000,
    );
    expect(live.own()).toMatchObject([
      { callSid: sid(2), durationMs: 3000, lastWords: 'hello' },
      { callSid: sid(3), durationMs: 2000, queueDepth: 1 },
    ]);
    const all = await live.all();
    expect(all.map(({ callSid, generation }) => [callSid, generation])).toEqual([
      [sid(1), 1],
      [sid(2), 2],
      [sid(3), 2],
    ]);
  });
});

/** Somebody who watches, with what was written to him. */
class Watcher extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  setHeader = (): this => this;
  flushHeaders = (): void => undefined;
  write = (text: string): boolean => {
    this.written.push(text);
    this.emit('written');
    return true;
  };
  end = (): this => {
    this.emit('close');
    return this;
  };
}

describe('LiveCallsFeed', () => {
  it('tells at once, tells changes only, and asks nobody while nobody watches', async () => {
    let asked = 0;
    const feed = new LiveCallsFeed(() => Promise.resolve([told(1, Math.min(2, ++asked))]), {
      failed: () => undefined,
    });
    const watcher = new Watcher();
    feed.add(watcher as never);
    await once(watcher, 'written');
    await once(watcher, 'written');
    expect(watcher.written.map((text) => /"generation":(\d)/.exec(text)?.[1])).toEqual(['1', '2']);
    expect(watcher.written[0]).toMatch(/^event: calls\ndata: \{"calls":\[/);
    watcher.emit('close');
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(asked).toBe(before);
  });

  it('lets go who does not read', async () => {
    let asked = 0;
    const feed = new LiveCallsFeed(() => Promise.resolve([told(1, ++asked)]), { failed: () => undefined });
    const watcher = new Watcher();
    watcher.writableLength = 2 * 1024 * 1024;
    feed.add(watcher as never);
    await once(watcher, 'close');
    expect(watcher.written).toEqual([]);
  });
});
