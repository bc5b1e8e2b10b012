import { Pause } from './pause';

describe('a pause in the talk', () => {
  it('lasts from the first look at it, and is over when somebody speaks', () => {
    const pause = new Pause();
    expect(pause.look(false, 0)).toBeNull();
    expect(pause.look(true, 250)).toBe(0);
    expect(pause.look(true, 1000)).toBe(750);
    expect(pause.look(false, 1100)).toBeNull();
    expect(pause.look(true, 1200)).toBe(0);
  });
});
