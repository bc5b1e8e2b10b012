import { runService } from './run-service';

describe('runService', () => {
  const exit = jest.spyOn(process, 'exit');
  beforeEach(() => {
    jest.useFakeTimers();
    exit.mockReset().mockImplementation(() => undefined as never);
  });
  afterEach(() => {
    jest.useRealTimers();
    process.removeAllListeners('SIGTERM');
    process.removeAllListeners('SIGINT');
  });

  it('ends within 3 s of a signal that comes while it still starts', () => {
    void runService('greeter', () => new Promise(() => undefined));
    process.emit('SIGTERM');
    jest.advanceTimersByTime(2_999);
    expect(exit).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(exit).toHaveBeenCalledWith(1);
  });

  it('releases what a start that finished in time began', async () => {
    let started: (service: AsyncDisposable) => void = () => undefined;
    const release = jest.fn(() => Promise.resolve());
    const run = runService('greeter', () => new Promise((resolve) => (started = resolve)));
    process.emit('SIGTERM');
    started({ [Symbol.asyncDispose]: release });
    await run;
    jest.advanceTimersByTime(3_000);
    expect(release).toHaveBeenCalledTimes(1);
    expect(exit).not.toHaveBeenCalled();
  });

  it('ends at once at a second signal', () => {
    void runService('greeter', () => new Promise(() => undefined));
    process.emit('SIGTERM');
    process.emit('SIGTERM');
    expect(exit).toHaveBeenCalledWith(1);
  });
});
