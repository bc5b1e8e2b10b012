import { InputAudio } from './input-audio';

const ramp = (from: number, ms: number): Int16Array =>
  Int16Array.from({ length: ms * 8 }, (_, index) => from + index);

describe('input audio', () => {
  it('gives back what was written between two moments across chunks', () => {
    const audio = new InputAudio();
    audio.append(ramp(0, 20));
    audio.append(ramp(160, 30));
    expect([...audio.slice(10, 25)]).toEqual([...ramp(80, 15)]);
    expect(audio.slice(45, 60)).toHaveLength(5 * 8);
  });

  it('forgets whole chunks and answers with what is left', () => {
    const audio = new InputAudio();
    for (let index = 0; index < 10; index++) audio.append(ramp(index * 160, 20));
    audio.forgetBefore(100);
    expect(audio.heldMs).toBe(100);
    expect([...audio.slice(0, 110)]).toEqual([...ramp(800, 10)]);
  });

  it('holds no more than its bound', () => {
    const audio = new InputAudio(100);
    for (let index = 0; index < 50; index++) audio.append(ramp(0, 20));
    expect(audio.heldMs).toBeLessThanOrEqual(120);
    expect(audio.positionMs).toBe(1_000);
  });
});
