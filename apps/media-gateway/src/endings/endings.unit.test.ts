import { ManualClock } from '@frontdesk/runtime';
import { type CallCarrier } from '../call/call-carrier';
import { type CallRecord } from '../streams/stream-registry';
import { CallLength } from './call-length';
import { KeyedInput } from './keyed-input';
import { SilentCaller } from './silent-caller';
import { Transfer } from './transfer';

const MINUTE = 60_000;

describe('SilentCaller', () => {
  const times = { askAfterMs: 10_000, endAfterMs: 15_000 };
  const beats = (caller: SilentCaller, fromMs: number, toMs: number, isIdle = true) => {
    const due: [number, string][] = [];
    for (let ms = fromMs; ms <= toMs; ms += 250) {
      const what = caller.beat(ms, isIdle);
      if (what) due.push([ms, what]);
    }
    return due;
  };

  it('is asked after 10 s of silence, and the call ends after 15 s more, each once', () => {
    // The question itself takes a second: the agent is active meanwhile.
    const caller = new SilentCaller(times);
    expect(beats(caller, 0, 10_000)).toEqual([[10_000, 'ask']]);
    expect(beats(caller, 10_250, 11_250, false)).toEqual([]);
    expect(beats(caller, 11_500, 60_000)).toEqual([[26_500, 'end']]);
  });

  it('is left alone while the agent, a tool or a transfer is active', () => {
    const caller = new SilentCaller(times);
    expect(beats(caller, 0, 9750)).toEqual([]);
    expect(beats(caller, 10_000, 60_000, false)).toEqual([]);
    expect(beats(caller, 60_250, 70_000)).toEqual([]);
    expect(beats(caller, 70_250, 70_250)).toEqual([[70_250, 'ask']]);
  });

  it('is asked again when it spoke after the question, and is not hung up on', () => {
    const caller = new SilentCaller(times);
    expect(beats(caller, 0, 10_000)).toHaveLength(1);
    expect(beats(caller, 10_250, 20_000)).toEqual([]);
    caller.callerActed();
    expect(beats(caller, 20_250, 35_000)).toEqual([[30_250, 'ask']]);
  });

  it('may be silent for ever where the business says so', () => {
    expect(beats(new SilentCaller(null), 0, 10 * MINUTE)).toEqual([]);
  });
});

describe('CallLength', () => {
  const beats = (length: CallLength, fromMs: number, toMs: number, isIdle = true) => {
    const due: [number, string][] = [];
    for (let ms = fromMs; ms <= toMs; ms += 1000) {
      const what = length.beat(ms, isIdle);
      if (what) due.push([ms, what]);
    }
    return due;
  };

  it('is announced a minute ahead, and the call ends after 60 min', () => {
    expect(beats(new CallLength(0, 60 * MINUTE), 0, 61 * MINUTE)).toEqual([
      [59 * MINUTE, 'announce'],
      [60 * MINUTE, 'end'],
    ]);
  });

  it('waits 15 s for a pause in the talk, and no longer', () => {
    expect(beats(new CallLength(0, 60 * MINUTE), 0, 61 * MINUTE, false)).toEqual([
      [59 * MINUTE + 15_000, 'announce'],
      [60 * MINUTE + 15_000, 'end'],
    ]);
  });

  it('counts from the first stream of a call that was taken up again', () => {
    const length = new CallLength(-5 * MINUTE, 10 * MINUTE);
    expect(beats(length, 0, 6 * MINUTE)).toEqual([
      [4 * MINUTE, 'announce'],
      [5 * MINUTE, 'end'],
    ]);
  });

  it('announces the end of a call that is taken up again past its time before it ends it', () => {
    const length = new CallLength(-20 * MINUTE, 10 * MINUTE);
    const [announced, ended] = beats(length, 0, 3 * MINUTE);
    expect(announced).toEqual([0, 'announce']);
    expect(ended![0]).toBeGreaterThanOrEqual(45_000);
  });
});

describe('KeyedInput', () => {
  const keying = () => {
    const clock = new ManualClock();
    const entered: string[] = [];
    const input = new KeyedInput(clock, (keys) => entered.push(keys));
    const press = (keys: string, everyMs = 300): void =>
      [...keys].forEach((key) => {
        input.press(key);
        clock.advance(everyMs);
      });
    return { clock, entered, input, press };
  };

  it('joins keys until a pause of 1.5 s', () => {
    const { clock, entered, press } = keying();
    press('1234', 1400);
    expect(entered).toEqual([]);
    clock.advance(200);
    press('56');
    clock.advance(1500);
    expect(entered).toEqual(['1234', '56']);
  });

  it('ends at once with #, which is no part of it unless it stands alone', () => {
    const { entered, press } = keying();
    press('42#7#');
    press('#');
    expect(entered).toEqual(['42', '7', '#']);
  });

  it('ends after 32 keys, and with the call: who presses a key and hangs up has pressed it', () => {
    const { clock, entered, input, press } = keying();
    press('1'.repeat(33));
    expect(entered).toEqual(['1'.repeat(32)]);
    input.close();
    input.close();
    expect(entered).toEqual(['1'.repeat(32), '1']);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('Transfer', () => {
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const transferring = (transfer: CallCarrier['transfer']) => {
    const clock = new ManualClock();
    const record = { phase: 'live' } as CallRecord;
    const failures: string[] = [];
    const made = new Transfer({
      carrier: { end: () => Promise.resolve(), transfer },
      record,
      clock,
      failed: (error) => failures.push((error as Error).message),
    });
    return { clock, record, failures, made };
  };

  it('leaves the call in phase transferring until its stream stops', async () => {
    const { clock, record, failures, made } = transferring(() => Promise.resolve());
    made.ask('+972501234567');
    expect(record.phase).toBe('transferring');
    await settled();
    made.streamOver();
    clock.advance(60_000);
    expect(failures).toEqual([]);
    expect(record.phase).toBe('transferring');
    expect(clock.pendingTimers).toBe(0);
  });

  it('fails when it is refused, and the call is live again', async () => {
    const { record, failures, made } = transferring(() => Promise.reject(new Error('refused')));
    made.ask('+972501234567');
    await settled();
    expect(failures).toEqual(['refused']);
    expect(record.phase).toBe('live');
  });

  it('fails when it was accepted and the stream goes on for 10 s all the same', async () => {
    const { clock, record, failures, made } = transferring(() => Promise.resolve());
    made.ask('+972501234567');
    await settled();
    clock.advance(10_000);
    expect(failures).toHaveLength(1);
    expect(record.phase).toBe('live');
  });

  it('does not fail for a stream that stopped before the answer came, nor touch a later phase', async () => {
    const { record, failures, made } = transferring(() => Promise.reject(new Error('late')));
    made.ask('+972501234567');
    record.phase = 'ended';
    made.streamOver();
    await settled();
    expect(failures).toEqual([]);
    expect(record.phase).toBe('ended');
  });
});
