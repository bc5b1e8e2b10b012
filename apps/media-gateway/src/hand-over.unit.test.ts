import { Metrics, silentLogger } from '@frontdesk/observability';
import { GatewayEvents } from './events';
import { HandOver, widthFor } from './hand-over';
import { type CallRecord, type LiveStream, StreamRegistry } from './streams/stream-registry';

const events = new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false }));

const callsOf = (count: number) => {
  const registry = new StreamRegistry();
  const calls = Array.from({ length: count }, (_, index) => callOf(registry, index));
  return { registry, calls, handOver: new HandOver({ registry, events }) };
};

const callOf = (registry: StreamRegistry, index: number) => {
  const log: string[] = [];
  const talk = { isQuiet: false };
  const callSid = `CA${String(index).padStart(32, '0')}`;
  const record = registry.open(callSid, () => ({
    callSid,
    accountSid: null,
    businessId: null,
    direction: 'inbound',
    from: '',
    to: '',
    attemptId: null,
    traceparent: '',
    phase: 'ringing',
    generation: 1,
    resumes: 0,
    streamSid: null,
    startedAt: new Date(0),
  }));
  const stream: LiveStream = {
    generation: 1,
    streamSid: 'MZ1',
    startedAt: new Date(0),
    supersede: () => log.push('superseded'),
    abandon: () => {
      log.push(talk.isQuiet ? 'closed in a pause' : 'closed in the talk');
      registry.stopped(record, stream);
    },
    history: () => [{ role: 'caller', text: 'hello' }],
    describe: () => ({ speaking: 'nobody', queueDepth: 0, lastWords: '' }),
    get isQuiet() {
      return talk.isQuiet;
    },
    hangUp: () => undefined,
    transfer: () => undefined,
    leaveMessage: () => true,
  };
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
    const { registry, calls, handOver } = callsOf(10);
    for (const { talk } of calls) talk.isQuiet = true;
    const running = handOver.run();
    const onTheirWay = () =>
      calls.filter(({ record }) => record.isHandedOver && record.generation === 1).length;
    let given = 0;
    while (given < 10) {
      expect(onTheirWay()).toBeLessThanOrEqual(4);
      for (const { record } of calls)
        if (record.isHandedOver && record.generation === 1) given += Number(takenUp(registry, record));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await running;
    expect(calls.map(({ log }) => log)).toEqual(calls.map(() => ['closed in a pause']));
  });

  it('does not let a call that nobody takes up hold up the others for more than 2 s', async () => {
    const { registry, calls, handOver } = callsOf(5);
    for (const { talk } of calls) talk.isQuiet = true;
    const running = handOver.run();
    const last = calls[4]!;
    const startedAtMs = performance.now();
    while (!last.record.isHandedOver) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(performance.now() - startedAtMs).toBeGreaterThan(1900);
    for (const { record } of calls) takenUp(registry, record);
    await running;
  });

  it('gives the calls of a full replica within its time', () => {
    expect([1, 50, 300, 500].map(widthFor)).toEqual([4, 4, 13, 21]);
  });
});
