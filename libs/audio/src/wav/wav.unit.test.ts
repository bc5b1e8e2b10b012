import fc from 'fast-check';
import { encodeMulaw, decodeMulaw, parseWav, WavError, writeMulawWav, writeWav } from '../index';

const channels = fc.array(fc.int16Array({ maxLength: 200, size: 'max' }), { minLength: 1, maxLength: 3 });
const padded = (arrays: Int16Array[]): Int16Array[] => {
  const length = Math.max(...arrays.map((array) => array.length));
  return arrays.map((array) => Int16Array.from({ length }, (_, i) => array[i] ?? 0));
};

describe('WAV', () => {
  it('reads back what it wrote, shorter channels filled with silence', () => {
    fc.assert(
      fc.property(channels, fc.constantFrom(8000, 24_000, 44_100), (arrays, sampleRate) => {
        const wav = parseWav(writeWav(arrays, sampleRate));
        expect(wav).toMatchObject({ sampleRate, channels: arrays.length, encoding: 'pcm16' });
        expect(wav.samples).toEqual(padded(arrays));
      }),
    );
  });

  it('carries mu-law untouched', () => {
    fc.assert(
      fc.property(channels, (arrays) => {
        const wav = parseWav(writeMulawWav(arrays.map(encodeMulaw)));
        expect(wav).toMatchObject({ sampleRate: 8000, encoding: 'mulaw' });
        expect(wav.samples).toEqual(padded(arrays.map((array) => decodeMulaw(encodeMulaw(array)))));
      }),
    );
  });

  it('skips chunks it does not know and accepts a length that was never filled in', () => {
    const plain = writeWav([Int16Array.of(1, 2, 3, 4)], 8000);
    const list = Buffer.from('LIST\x03\0\0\0abc\0', 'latin1');
    const file = Buffer.concat([plain.subarray(0, 36), list, plain.subarray(36)]);
    file.writeUInt32LE(0xffffffff, 36 + list.length + 4);
    expect([...parseWav(file).samples[0]!]).toEqual([1, 2, 3, 4]);
  });

  it('reads 8, 24 and 32-bit PCM, float and the extensible form', () => {
    const file = (tag: number, bits: number, data: number[], extensible = false): Buffer => {
      const format = Buffer.alloc(extensible ? 40 : 16);
      format.writeUInt16LE(extensible ? 0xfffe : tag, 0);
      format.writeUInt16LE(1, 2);
      format.writeUInt32LE(8000, 4);
      format.writeUInt16LE(bits, 14);
      if (extensible) format.writeUInt16LE(tag, 24);
      const size = (length: number): Buffer => Buffer.from(Uint32Array.of(length).buffer);
      return Buffer.concat([
        Buffer.from('RIFF\0\0\0\0WAVEfmt ', 'latin1'),
        size(format.length),
        format,
        Buffer.from('data', 'latin1'),
        size(data.length),
        Buffer.from(data),
      ]);
    };
    const float = [...Buffer.from(Float32Array.of(-0.5).buffer)];
    expect(parseWav(file(1, 8, [0, 128, 255])).samples[0]).toEqual(Int16Array.of(-32_768, 0, 32_512));
    expect(parseWav(file(1, 24, [9, 0, 0x40])).samples[0]).toEqual(Int16Array.of(0x4000));
    expect(parseWav(file(1, 32, [9, 9, 0, 0x40])).samples[0]).toEqual(Int16Array.of(0x4000));
    expect(parseWav(file(3, 32, float)).samples[0]).toEqual(Int16Array.of(-16_383));
    expect(parseWav(file(1, 16, [1, 0], true)).samples[0]).toEqual(Int16Array.of(1));
  });

  it('throws WavError and nothing else, whatever the bytes', () => {
    const valid = writeWav([Int16Array.of(1, 2, 3)], 8000);
    const mutated = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 })
      .map((changes) => {
        const file = Buffer.from(valid);
        for (const [at, byte] of changes) file[at] = byte;
        return file;
      });
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      mutated,
    );
    fc.assert(
      fc.property(anything, fc.nat(60), (file, cut) => {
        try {
          parseWav(file.subarray(0, Math.max(0, file.length - (cut % 50))));
        } catch (error) {
          expect(error).toBeInstanceOf(WavError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
