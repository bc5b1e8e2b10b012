import { id3Bytes, mp3FrameAt } from './mp3-frame';

describe('the header of an MP3 frame', () => {
  it.each([
    // What the standard says of 144 (or 72) bit rates by sample rate, and of samples a frame.
    ['MPEG 1, 128 kbit/s, 44.1 kHz', [0xff, 0xfb, 0x90, 0x00], 417, 26.122],
    ['the same, padded', [0xff, 0xfb, 0x92, 0x00], 418, 26.122],
    ['MPEG 2, 32 kbit/s, 22.05 kHz', [0xff, 0xf3, 0x40, 0x00], 104, 26.122],
    ['MPEG 2.5, 32 kbit/s, 8 kHz', [0xff, 0xe3, 0x48, 0x00], 288, 72],
  ])('says how long it is, of %s', (_title, header, bytes, durationMs) => {
    const frame = mp3FrameAt(Uint8Array.from([0, ...header]), 1);
    expect(frame).toEqual({ bytes, durationMs: expect.closeTo(durationMs, 2) });
  });

  it.each([
    ['no sync', [0xfe, 0xfb, 0x90, 0x00]],
    ['a reserved version', [0xff, 0xeb, 0x90, 0x00]],
    ['another layer', [0xff, 0xfd, 0x90, 0x00]],
    ['a free bit rate', [0xff, 0xfb, 0x00, 0x00]],
    ['no such bit rate', [0xff, 0xfb, 0xf0, 0x00]],
    ['no such sample rate', [0xff, 0xfb, 0x9c, 0x00]],
    ['too few bytes', [0xff]],
  ])('is none with %s', (_title, header) => {
    expect(mp3FrameAt(Uint8Array.from(header))).toBeNull();
  });
});

describe('the tag before the first frame', () => {
  it('says its length in seven bits a byte, and may not be there', () => {
    const tag = Buffer.concat([Buffer.from('ID3'), Buffer.from([4, 0, 0, 0, 0, 2, 1])]);
    expect(id3Bytes(tag)).toBe(10 + 257);
    expect(id3Bytes(Buffer.from('RIFF, and no tag'))).toBe(0);
    expect(id3Bytes(tag.subarray(0, 5))).toBe(0);
  });
});
