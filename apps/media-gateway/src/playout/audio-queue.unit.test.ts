import fc from 'fast-check';
import { AudioQueue, BLOCK_BYTES } from './audio-queue';

const readAll = (queue: AudioQueue, sizes: readonly number[]): Buffer => {
  const read: Buffer[] = [];
  for (const size of sizes) {
    const count = Math.min(size, queue.length);
    const target = Buffer.alloc(count + 2, 0xee);
    queue.read(target, 1, count);
    // Nothing beside the room is touched.
    expect([target[0], target[count + 1]]).toEqual([0xee, 0xee]);
    read.push(target.subarray(1, count + 1));
  }
  return Buffer.concat(read);
};

describe('AudioQueue', () => {
  it('gives what it was given, in order, in pieces of any size, while other queues use the same memory', () => {
    const step = fc.record({
      bytes: fc.nat(3 * BLOCK_BYTES),
      isShared: fc.boolean(),
      read: fc.nat(2 * BLOCK_BYTES),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), (one, other) => {
        const queues = [one, other].map((steps) => ({
          steps,
          queue: new AudioQueue(),
          given: [] as Buffer[],
          got: [] as Buffer[],
        }));
        for (let turn = 0; turn < 12; turn++)
          for (const [index, { steps, queue, given, got }] of queues.entries()) {
            const now = steps[turn];
            if (!now) continue;
            const audio = Buffer.from(
              Array.from({ length: now.bytes }, (_, at) => (at * 7 + turn * 31 + index * 101) % 256),
            );
            given.push(Buffer.from(audio));
            if (now.isShared) queue.pushShared(audio);
            else {
              queue.push(audio);
              // It was only lent.
              audio.fill(0);
            }
            got.push(readAll(queue, [now.read]));
          }
        for (const { queue, given, got } of queues) {
          got.push(readAll(queue, [queue.length]));
          expect(queue.length).toBe(0);
          expect(Buffer.concat(got).equals(Buffer.concat(given))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('uses the memory of what was read or withheld again', () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow');
    const lengths = [10 * BLOCK_BYTES, 3 * BLOCK_BYTES + 1, 7];
    for (let round = 0; round < 50; round++) {
      const queue = new AudioQueue();
      for (const length of lengths) queue.push(Buffer.alloc(length));
      if (round % 2) queue.clear();
      else readAll(queue, [queue.length]);
      expect(queue.length).toBe(0);
    }
    // The first round takes what all share.
    expect(allocate.mock.calls.length).toBeLessThanOrEqual(14);
    allocate.mockRestore();
  });

  it('never gives memory away that was not its own', () => {
    const shared = Buffer.alloc(BLOCK_BYTES, 7);
    const queue = new AudioQueue();
    queue.pushShared(shared);
    queue.clear();
    const other = new AudioQueue();
    other.push(Buffer.alloc(BLOCK_BYTES, 9));
    expect(shared.every((byte) => byte === 7)).toBe(true);
    other.clear();
  });
});
