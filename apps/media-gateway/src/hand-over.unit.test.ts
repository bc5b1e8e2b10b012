import { Metrics, silentLogger } from '@frontdesk/observability';
import { GatewayEvents } from './events';
import { HandOver, widthFor } from './hand-over';
import { type CallRecord, StreamRegistry } from './streams/stream-registry';
import { newCall, quietStream } from '../tests/call-record';

const events = new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false }));

class Talk {
  private quietSinceMs: number | null = null;

  get pauseMs(): number | null {
    return this.quietSinceMs === null ? null : performance.now() - this.quietSinceMs;
  }
  get isQuiet(): boolean {
    return this.quietSinceMs !== null;
  }
  set isQuiet(isQuiet: boolean) {
    this.quietSinceMs = isQuiet ? performance.now() : null;
  }
  /** Nobody has spoken for so long already. */
  hasBeenQuietFor(ms: number): void {
    this.quietSinceMs = performance.now() - ms;
  }
}

const callsOf = (count: number) => {
  const registry = new StreamRegistry();
  const calls = Array.from({ length: count }, (_, index) => callOf(registry, index));
  return { registry, calls, handOver: new HandOver({ registry, events }) };
};

const callOf = (registry: StreamRegistry, index: number) => {
  const log: string[] = [];
  const talk = new Talk();
  const callSid = `CA${String(index).padStart(32, '0')}`;
  const record = registry.open(callSid, () => newCall(callSid));
  const stream = quietStream(1, {
    abandon: () => {
      log.push(talk.isQuiet ? 'closed in a pause' : 'closed in the talk');
      registry.stopped(record, stream);
    },
    history: () => [{ role: 'caller', text: 'hello' }],
    pauseMs: () => talk.pauseMs,
  });
  registry.started(record, stream);
  return { record, log, talk };
};

const liveCall = () => {
  const { registry, calls, handOver } = callsOf(1);
  return { registry, handOver, ...calls[0]! };
};

/** What a peer tells once it has the call. */
const takenUp = (registry: StreamRegistry, record: CallRecord): boolean =>
  registry.startedElsewhere(record, 2);

describe('HandOver', () => {
  it('closes a stream once nobody speaks or waits for an answer, and stays until a peer has the call', async () => {
    const { registry, record, log, talk, handOver } = liveCall();
    let isDone = false;
    const running = handOver.run().then(() => (isDone = true));
    expect([log, handOver.isUnderWay]).toEqual([[], true]);
    talk.isQuiet = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([log, record.isHandedOver, isDone]).toEqual([['closed in a pause'], true, false]);
    expect(record.past).toEqual([{ role: 'caller', text: 'hello' }]);
    takenUp(registry, record);
    await running;
  });

  it('leaves a call alone that ends while it waits', async () => {
    const { registry, record, log, handOver } = liveCall();
    const running = handOver.run();
    registry.ended(record);
    await running;
    expect(log).toEqual([]);
  });

  it('sends a stream on that comes to it all the same: whoever is asked next sees a hand-over, not a break', () => {
    const { record, handOver } = liveCall();
    handOver.sendOn(record, 2);
    expect(record).toMatchObject({ generation: 2, phase: 'live', isHandedOver: true });
  });

  it('gives a few calls at a time, and the next when those are taken up', async () => {
    const { registry, calls, handOver } = callsOf(20);
    for (const { talk } of calls) talk.isQuiet = true;
    const running = handOver.run();
    const onTheirWay = () =>
      calls.filter(({ record }) => record.isHandedOver && record.generation === 1).length;
    let given = 0;
    while (given < 20) {
      expect(onTheirWay()).toBeLessThanOrEqual(8);
      for (const { record } of calls)
        if (record.isHandedOver && record.generation === 1) given += Number(takenUp(registry, record));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await running;
    expect(calls.map(({ log }) => log)).toEqual(calls.map(() => ['closed in a pause']));
  });

  it('does not let a call that nobody takes up hold up the others for more than 2 s', async () => {
    const { registry, calls, handOver } = callsOf(9);
    for (const { talk } of calls) talk.isQuiet = true;
    const running = handOver.run();
    const last = calls[8]!;
    const startedAtMs = performance.now();
    while (!last.record.isHandedOver) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(performance.now() - startedAtMs).toBeGreaterThan(1900);
    for (const { record } of calls) takenUp(registry, record);
    await running;
  });

  it('closes a stream in a pause that has just begun, and not when it may be about to end', async () => {
    const { registry, calls, handOver } = callsOf(10);
    const [ninth, tenth] = calls.slice(8);
    for (const { talk } of calls) talk.isQuiet = true;
    // All places are taken for the first 700 ms.
    const running = handOver.run();
    await new Promise((resolve) => setTimeout(resolve, 700));
    for (const { record } of calls.slice(0, 8)) takenUp(registry, record);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([ninth!.log, tenth!.log]).toEqual([[], []]);
    ninth!.talk.isQuiet = false;
    await new Promise((resolve) => setTimeout(resolve, 100));
    ninth!.talk.isQuiet = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([ninth!.log, tenth!.log]).toEqual([['closed in a pause'], []]);
    for (const { record } of [ninth!, tenth!]) registry.ended(record);
    await running;
  });

  it('knows how old a pause is that began before it: one that may be about to end is waited for', async () => {
    const { registry, calls, handOver } = callsOf(3);
    const [fresh, middling, long] = calls;
    fresh!.talk.isQuiet = true;
    middling!.talk.hasBeenQuietFor(1000);
    long!.talk.hasBeenQuietFor(2600);
    const running = handOver.run();
    expect(calls.map(({ log }) => log)).toEqual([['closed in a pause'], [], ['closed in a pause']]);
    middling!.talk.hasBeenQuietFor(2500);
    while (middling!.log.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const { record } of calls) takenUp(registry, record);
    await running;
  });

  it('gives the calls of a full replica within its time', () => {
    expect([1, 50, 300, 500].map(widthFor)).toEqual([8, 8, 13, 21]);
  });
});
