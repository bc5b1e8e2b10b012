import { LedgerItem } from './playback-ledger';
import { TxQueue } from './tx-queue';

const item = new LedgerItem('i', 'r');
const put = (queue: TxQueue, value: number): void => {
  queue.buffer.fill(value, queue.reserve(), queue.reserve() + 160);
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

  it('drops its oldest frame when full, and counts it', () => {
    const queue = new TxQueue(2);
    for (const value of [1, 2, 3]) put(queue, value);
    expect(queue.dropped).toBe(1);
    expect(queue.depth).toBe(2);
    expect(queue.endAt(0)).toBe(2);
  });
});
