import {
  backoffMs,
  DisposalStack,
  ManualClock,
  retry,
  SingleFlight,
  startFailure,
  withTimeout,
} from './index';

const policy = { attempts: 3, minMs: 1, maxMs: 4, multiplier: 2 };

describe('DisposalStack', () => {
  it('releases in reverse order, once, and goes on past a failure', async () => {
    const released: string[] = [];
    const failures: string[] = [];
    const stack = new DisposalStack((name) => failures.push(name));
    stack.defer('first', () => released.push('first'));
    stack.defer('broken', () => Promise.reject(new Error('no')));
    stack.defer('last', () => released.push('last'));
    await Promise.all([stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()]);
    expect(released).toEqual(['last', 'first']);
    expect(failures).toEqual(['broken']);
  });

  it('does not wait for ever for one release', async () => {
    const failures: string[] = [];
    const stack = new DisposalStack((name) => failures.push(name), 5);
    stack.defer('stuck', () => new Promise(() => undefined));
    await stack[Symbol.asyncDispose]();
    expect(failures).toEqual(['stuck']);
  });
});

describe('retry', () => {
  it('tries again until the action succeeds', async () => {
    let tries = 0;
    await expect(
      retry(policy, () => (++tries < 3 ? Promise.reject(new Error('x')) : Promise.resolve(tries))),
    ).resolves.toBe(3);
  });

  it('stops at once when the error is not retryable', async () => {
    let tries = 0;
    const attempt = retry(policy, () => Promise.reject(new Error(String(++tries))), {
      isRetryable: () => false,
    });
    await expect(attempt).rejects.toThrow('1');
  });

  it('waits between half and the whole of an exponential ceiling', () => {
    expect([1, 2, 3, 9].map((n) => backoffMs(policy, n, () => 1))).toEqual([1, 2, 4, 4]);
    expect(backoffMs(policy, 3, () => 0)).toBe(2);
  });
});

describe('SingleFlight', () => {
  it('runs a task once for all who ask while it runs, and again afterwards', async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const task = async (): Promise<number> => ++runs;
    expect(await Promise.all([flight.run('a', task), flight.run('a', task)])).toEqual([1, 1]);
    expect(await flight.run('a', task)).toBe(2);
    expect(flight.size).toBe(0);
  });
});

describe('ManualClock', () => {
  it('fires timers in order at their own moments', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    clock.setTimer(() => fired.push(clock.monotonicMs()), 20);
    clock.setTimer(() => fired.push(clock.monotonicMs()), 10);
    clock.setTimer(() => fired.push(-1), 15).cancel();
    clock.advance(30);
    expect(fired).toEqual([10, 20]);
  });
});

describe('withTimeout', () => {
  it('names what took too long', async () => {
    await expect(withTimeout(new Promise(() => undefined), 1, 'the answer')).rejects.toThrow(
      'the answer took longer than 1 ms',
    );
  });
});

describe('startFailure', () => {
  it('says which port is taken', () => {
    const error = Object.assign(new Error('listen EADDRINUSE'), {
      code: 'EADDRINUSE',
      address: '127.0.0.1',
      port: 3001,
    });
    expect(startFailure(error)).toEqual(['port 3001 on 127.0.0.1 is already taken; set PORT to another one']);
  });
});
