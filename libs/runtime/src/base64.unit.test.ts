import fc from 'fast-check';
import { decodeBase64, encodeBase64, encodedLength, isBase64 } from './base64';

const bytes = fc.uint8Array({ maxLength: 700 });

describe('encodeBase64', () => {
  it('writes what Node writes, where it is told to, and nothing beside it', () => {
    fc.assert(
      fc.property(bytes, fc.nat(9), fc.nat(9), (audio, before, at) => {
        const source = Buffer.concat([Buffer.alloc(before, 1), audio, Buffer.alloc(3, 1)]);
        const target = Buffer.alloc(at + encodedLength(audio.length) + 3, '.');
        const end = encodeBase64(source, before, before + audio.length, target, at);
        const text = Buffer.from(audio).toString('base64');
        expect(target.toString('latin1')).toBe(`${'.'.repeat(at)}${text}...`);
        expect(end).toBe(at + text.length);
      }),
    );
  });
});

describe('decodeBase64', () => {
  it('reads what Node wrote, where it is told to, and writes nothing beside it', () => {
    fc.assert(
      fc.property(bytes, fc.nat(9), fc.nat(9), (audio, before, at) => {
        const text = Buffer.from(audio).toString('base64');
        const source = Buffer.from(`${'"'.repeat(before)}${text}"}`);
        const target = Buffer.alloc(at + audio.length + 3, 7);
        expect(decodeBase64(source, before, before + text.length, target, at)).toBe(audio.length);
        expect(target).toEqual(Buffer.concat([Buffer.alloc(at, 7), audio, Buffer.alloc(3, 7)]));
      }),
    );
  });

  it('takes base64 alone, and so does isBase64', () => {
    const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
    const letter = fc.constantFrom(...'AZaz09+/=-_* "\\\u00e9');
    const text = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(text, (text) => {
        const source = Buffer.from(text, 'latin1');
        const decoded = decodeBase64(source, 0, source.length, Buffer.alloc(16), 0);
        expect(decoded >= 0).toBe(pattern.test(text));
        expect(isBase64(source, 0, source.length)).toBe(pattern.test(text));
      }),
      { numRuns: 5000 },
    );
  });
});
