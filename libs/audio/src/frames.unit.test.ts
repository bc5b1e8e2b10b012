import { FramedStream, framesOf } from './index';

describe('framesOf', () => {
  it('fills the last partial frame with silence and loses no byte', () => {
    const frames = framesOf(Buffer.alloc(161, 0x12));
    expect(frames.length).toBe(320);
    expect([frames[160], frames[161], frames[319]]).toEqual([0x12, 0xff, 0xff]);
    expect(framesOf(Buffer.alloc(320)).length).toBe(320);
    expect(framesOf(Buffer.alloc(0)).length).toBe(0);
  });
});

describe('FramedStream', () => {
  it('lets out whole frames only, and the last one filled with silence', () => {
    const stream = new FramedStream();
    const bytes = Buffer.from(Array.from({ length: 500 }, (_, n) => n % 200));
    const out = [bytes.subarray(0, 100), bytes.subarray(100, 330), bytes.subarray(330)].map((piece) =>
      stream.process(piece),
    );
    expect(out.map(({ length }) => length)).toEqual([0, 320, 160]);
    expect(Buffer.concat([...out, stream.flush()])).toEqual(framesOf(bytes));
    expect(stream.flush().length).toBe(0);
  });
});
