import { type CallRecord, type LiveStream, type NewCall, StreamRegistry } from './stream-registry';
import { newCall, quietStream } from '../../tests/call-record';

const callSid = `CA${'1'.repeat(32)}`;
const call = (): NewCall => newCall(callSid);

const stream = (generation: number, log: string[] = []): LiveStream =>
  quietStream(generation, {
    supersede: () => log.push(`superseded ${generation}`),
    abandon: () => log.push(`abandoned ${generation}`),
    history: () => [{ role: 'caller', text: `heard in ${generation}` }],
  });

const known = (registry: StreamRegistry): CallRecord => registry.open(callSid, call);

describe('StreamRegistry', () => {
  it('gives the same record for the same call, however often its webhook comes', () => {
    const registry = new StreamRegistry();
    expect(known(registry)).toBe(known(registry));
  });

  it('lets the newer generation have the call and closes the older one', () => {
    const registry = new StreamRegistry();
    const log: string[] = [];
    const record = known(registry);
    expect(registry.started(record, stream(1, log))).toBe(true);
    const second = stream(2, log);
    expect(registry.started(record, second)).toBe(true);
    expect(log).toEqual(['superseded 1']);
    expect(record).toMatchObject({ generation: 2, streamSid: 'MZ2', phase: 'live', session: second });
  });

  it('refuses an older generation and keeps the newer', () => {
    const registry = new StreamRegistry();
    const record = known(registry);
    const second = stream(2);
    registry.started(record, second);
    expect(registry.started(record, stream(1))).toBe(false);
    expect(record.session).toBe(second);
  });

  it('does not forget the stream of now when an older one says late that it is over', () => {
    const registry = new StreamRegistry();
    const record = known(registry);
    const first = stream(1);
    const second = stream(2);
    registry.started(record, first);
    registry.started(record, second);
    registry.stopped(record, first);
    expect(record.session).toBe(second);
    expect(registry.live()).toEqual([record]);
  });

  it('remembers a call without a stream for ten minutes, and one with a stream for as long as that lasts', () => {
    let nowMs = 0;
    const registry = new StreamRegistry(() => nowMs);
    const record = known(registry);
    const only = stream(1);
    registry.started(record, only);
    nowMs = 3_600_000;
    registry.sweep();
    expect(registry.get(callSid)).toBe(record);
    registry.stopped(record, only);
    nowMs += 599_000;
    registry.sweep();
    expect(registry.get(callSid)).toBe(record);
    nowMs += 2000;
    registry.sweep();
    expect(registry.get(callSid)).toBeUndefined();
  });

  it('closes an older stream when a peer tells of a newer one, and does not believe in an older one', () => {
    const registry = new StreamRegistry();
    const log: string[] = [];
    const record = known(registry);
    registry.started(record, stream(2, log));
    expect(registry.startedElsewhere(record, 1)).toBe(false);
    expect(log).toEqual([]);
    expect(registry.startedElsewhere(record, 3)).toBe(true);
    expect(log).toEqual(['superseded 2']);
    expect(record.generation).toBe(3);
  });

  it('remembers what was said on a stream that is over, until the next one starts', () => {
    const registry = new StreamRegistry();
    const record = known(registry);
    const first = stream(1);
    registry.started(record, first);
    registry.stopped(record, first);
    expect(record.past).toEqual([{ role: 'caller', text: 'heard in 1' }]);
    registry.started(record, stream(2));
    expect(record.past).toBeNull();
  });

  it('refuses the start of a stream when a newer one was asked for', () => {
    const registry = new StreamRegistry();
    const record = known(registry);
    record.generation = 2;
    expect(registry.started(record, stream(1))).toBe(false);
  });
});
