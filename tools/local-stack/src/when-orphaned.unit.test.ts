import { whenOrphaned } from './when-orphaned';

it('tells once when another process has become the parent', () => {
  jest.useFakeTimers();
  try {
    let parent = 17;
    const tell = jest.fn();
    whenOrphaned(tell, () => parent);
    jest.advanceTimersByTime(60_000);
    expect(tell).not.toHaveBeenCalled();
    parent = 1;
    jest.advanceTimersByTime(60_000);
    expect(tell).toHaveBeenCalledTimes(1);
  } finally {
    jest.useRealTimers();
  }
});
