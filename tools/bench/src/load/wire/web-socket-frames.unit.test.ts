import { randomBytes } from 'node:crypto';
import { CLOSE, FrameReader, frameOf, payloadOf, TEXT } from './web-socket-frames';

const read = (...pieces: Buffer[]): [number, string][] => {
  const seen: [number, string][] = [];
  const reader = new FrameReader((opcode, buffer, start, end, mask) =>
    seen.push([opcode, payloadOf(buffer, start, end, mask).toString()]),
  );
  for (const piece of pieces) reader.read(piece);
  return seen;
};

describe('FrameReader', () => {
  it('reads frames of every length form, however the bytes were cut', () => {
    const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(65_535), 'e'.repeat(65_536)];
    const bytes = Buffer.concat(texts.map((text, i) => frameOf(TEXT, Buffer.from(text), i % 2 === 0)));
    expect(read(bytes)).toEqual(texts.map((text) => [TEXT, text]));
    const cuts = [1, 2, 3, 7, 130, 140, 266, 70_000];
    const pieces = [0, ...cuts].map((cut, i) => bytes.subarray(cut, cuts[i] ?? bytes.length));
    expect(read(...pieces)).toEqual(texts.map((text) => [TEXT, text]));
  });

  it('reads what was read, and not what lies behind it from before', () => {
    const frames = Buffer.concat(['one', 'two'].map((text) => frameOf(TEXT, Buffer.from(text), false)));
    const seen: string[] = [];
    const reader = new FrameReader((_opcode, buffer, start, end, mask) =>
      seen.push(payloadOf(buffer, start, end, mask).toString()),
    );
    const shared = Buffer.alloc(64);
    for (let cut = 0; cut <= frames.length; cut++)
      for (const piece of [frames.subarray(0, cut), frames.subarray(cut)]) {
        frameOf(TEXT, Buffer.alloc(32, 'x'), false).copy(shared, piece.length);
        piece.copy(shared);
        reader.read(shared, piece.length);
      }
    expect(seen).toEqual(Array.from({ length: frames.length + 1 }, () => ['one', 'two']).flat());
  });

  it('unmasks what a client masked', () => {
    const frame = frameOf(CLOSE, Buffer.from('payload'), true);
    const key = randomBytes(4);
    key.copy(frame, 2);
    for (let index = 0; index < 7; index++) frame[6 + index]! ^= key[index & 3]!;
    expect(read(frame)).toEqual([[CLOSE, 'payload']]);
  });
});
