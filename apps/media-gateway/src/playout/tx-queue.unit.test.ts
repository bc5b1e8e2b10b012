import { LedgerItem } from './playback-ledger';
import { TxQueue } from './tx-queue';

const item = new LedgerItem('i', 'r');
const put = (queue: TxQueue, value: number): void => {
  const at = queue.reserve();
  queue.buffer.fill(value, at, at + 160);
  queue.commit(item, value);
};

describe('TxQueue', () => {
  it('gives frames back in order across the end of its ring', () => {
    const queue = new TxQueue(4);
    for (const value of [1, 2, 3]) put(queue, value);
    queue.release(2);
    for (const value of [4, 5]) put(queue, value);
    const seen: number[] = [];
    while (queue.depth > 0) {
      const frames = queue.batch(queue.depth);
      for (const byte of queue.buffer
        .subarray(queue.oldest, queue.oldest + frames * 160)
        .filter((_, index) => index % 160 === 0))
        seen.push(byte);
      expect(queue.endAt(frames - 1)).toBe(seen.at(-1));
      queue.release(frames);
    }
    expect(seen).toEqual([3, 4, 5]);
  });

  it('keeps its frames while those of another call are fed, and many of them', () => {
    const [one, other] = [new TxQueue(40), new TxQueue(40)];
    put(one, 1);
    put(other, 101);
    put(other, 102);
    for (let value = 2; value <= 30; value++) put(one, value);
    for (let value = 103; value <= 130; value++) put(other, value);
    const seen = (queue: TxQueue): number[] => {
      const frames = queue.batch(queue.depth);
      const values = Array.from({ length: frames }, (_, index) => queue.endAt(index));
      expect(values).toEqual(values.map((_, index) => queue.buffer[queue.oldest + index * 160]));
      queue.release(frames);
      return queue.depth > 0 ? [...values, ...seen(queue)] : values;
    };
    expect(seen(one)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(seen(other)).toEqual(Array.from({ length: 30 }, (_, index) => index + 101));
    // And again from the shared memory.
    put(one, 31);
    expect(seen(one)).toEqual([31]);
  });

  it('drops its oldest frame when full, and counts it', () => {
    const queue = new TxQueue(2);
    for (const value of [1, 2, 3]) put(queue, value);
    expect(queue.dropped).toBe(1);
    expect(queue.depth).toBe(2);
    expect(queue.endAt(0)).toBe(2);
  });
});
