import { MAX_BUFFERED_BYTES, Playout } from './playout';

const audio = (ms: number, fill = 0x20): Buffer => Buffer.alloc(ms * 8, fill);

const playing = (): { playout: Playout; echoed: string[]; play: (ms: number) => void } => {
  const echoed: string[] = [];
  const playout = new Playout((name) => echoed.push(name));
  return {
    playout,
    echoed,
    play: (ms) => {
      for (let elapsed = 0; elapsed < ms; elapsed += 20) playout.nextFrame();
    },
  };
};

describe('playout of what Twilio was sent', () => {
  it('plays 160 bytes each 20 ms however the audio was cut', () => {
    const { playout } = playing();
    for (let i = 0; i < 40; i++) playout.enqueue(Buffer.alloc(7, i));
    const first = playout.nextFrame();
    expect(first).toHaveLength(160);
    expect(playout.bufferedBytes).toBe(280 - 160);
    expect(Buffer.concat([first!, playout.nextFrame()!]).subarray(0, 280)).toEqual(
      Buffer.concat(Array.from({ length: 40 }, (_, i) => Buffer.alloc(7, i))),
    );
  });

  it('returns a mark only when everything queued before it has been played', () => {
    const { playout, echoed, play } = playing();
    playout.enqueue(audio(60));
    playout.mark('after 60');
    playout.enqueue(audio(20));
    play(60);
    expect(echoed).toEqual([]);
    play(20);
    expect(echoed).toEqual(['after 60']);
  });

  it('returns a mark at once when nothing is queued', () => {
    const { playout, echoed } = playing();
    playout.mark('idle');
    expect(echoed).toEqual(['idle']);
  });

  it('keeps a mark back while the last frame is still on the air', () => {
    const { playout, echoed, play } = playing();
    playout.enqueue(audio(20));
    play(20);
    playout.mark('m');
    expect(echoed).toEqual([]);
    play(20);
    expect(echoed).toEqual(['m']);
  });

  it('clears the queue, returns pending marks in order and goes on with what comes later', () => {
    const { playout, echoed, play } = playing();
    playout.enqueue(audio(100));
    playout.mark('a');
    playout.enqueue(audio(100));
    playout.mark('b');
    play(40);
    expect(playout.clear()).toBe(160 * 8);
    expect(echoed).toEqual(['a', 'b']);
    playout.enqueue(audio(40));
    playout.mark('c');
    play(40);
    expect(echoed).toEqual(['a', 'b']);
    play(20);
    expect(echoed).toEqual(['a', 'b', 'c']);
  });

  it('discards what does not fit into ten minutes', () => {
    const { playout } = playing();
    expect(playout.enqueue(Buffer.alloc(MAX_BUFFERED_BYTES))).toBe(true);
    expect(playout.enqueue(Buffer.alloc(1))).toBe(false);
    expect(playout.bufferedBytes).toBe(MAX_BUFFERED_BYTES);
  });

  it('counts a hole that was filled within 300 ms as an underrun and a longer one as a pause', () => {
    const { playout, play } = playing();
    playout.enqueue(audio(20));
    play(20 + 60);
    playout.enqueue(audio(20));
    play(20 + 400);
    playout.enqueue(audio(20));
    play(20);
    expect(playout.underruns.map(({ ms }) => ms)).toEqual([60]);
  });

  it('counts no underrun after a clear', () => {
    const { playout, play } = playing();
    playout.enqueue(audio(100));
    play(40);
    playout.clear();
    play(60);
    playout.enqueue(audio(20));
    play(20);
    expect(playout.underruns).toEqual([]);
  });
});
