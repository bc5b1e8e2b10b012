import { OpenToolCalls } from './open-tool-calls';
import { ToolWait } from './tool-wait';

describe('ToolWait', () => {
  it('is due after 1.5 s in which nothing is heard, and then every 6 s', () => {
    const wait = new ToolWait();
    const due: number[] = [];
    for (let ms = 0; ms <= 15_000; ms += 250) if (wait.beat(ms, true, true)) due.push(ms);
    expect(due).toEqual([1500, 7750, 14_000]);
  });

  it('counts from when the agent has finished what it was saying', () => {
    const wait = new ToolWait();
    expect(wait.beat(0, true, false)).toBe(false);
    expect(wait.beat(3000, true, false)).toBe(false);
    expect(wait.beat(3250, true, true)).toBe(false);
    expect(wait.beat(4500, true, true)).toBe(false);
    expect(wait.beat(4750, true, true)).toBe(true);
  });

  it('is never due without a tool, and begins anew with the next', () => {
    const wait = new ToolWait();
    expect(wait.beat(0, true, true)).toBe(false);
    expect(wait.beat(2000, true, true)).toBe(true);
    expect(wait.beat(9000, false, true)).toBe(false);
    expect(wait.beat(20_000, false, true)).toBe(false);
    expect(wait.beat(30_000, true, true)).toBe(false);
    expect(wait.beat(31_500, true, true)).toBe(true);
  });
});

describe('OpenToolCalls', () => {
  it('knows which answers are told as text, because the session did not ask for them', () => {
    const calls = new OpenToolCalls();
    calls.asked('a', 'book');
    calls.asked('b', 'look_up');
    expect(calls.answered('a')).toEqual({ name: 'book', isOfThisSession: true });
    calls.sessionReplaced();
    calls.asked('c', 'book');
    expect(calls.isWaiting).toBe(true);
    expect(calls.names).toEqual(['look_up', 'book']);
    expect(calls.answered('b')).toEqual({ name: 'look_up', isOfThisSession: false });
    expect(calls.answered('c')).toEqual({ name: 'book', isOfThisSession: true });
    expect(calls.isWaiting).toBe(false);
  });
});
