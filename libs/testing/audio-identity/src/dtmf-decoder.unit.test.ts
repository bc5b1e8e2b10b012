import { decodeMulaw, encodeDtmf, encodeMulaw } from '@frontdesk/audio';
import { DtmfDecoder } from './dtmf-decoder';
import { encodeSpeech } from './encode-speech';

const read = (mulaw: Buffer, offset = 0): string => {
  const decoder = new DtmfDecoder();
  let digits = '';
  for (let at = offset; at + 160 <= mulaw.length; at += 160)
    digits += decoder.push(decodeMulaw(mulaw.subarray(at, at + 160))) ?? '';
  return digits;
};

describe('DtmfDecoder', () => {
  it('reads every key once, also when the frames do not begin with the tones', () => {
    const keys = '1234567890*#ABCD';
    expect(read(encodeDtmf(keys))).toBe(keys);
    expect(read(encodeDtmf(keys), 77)).toBe(keys);
    expect(read(encodeDtmf('1155'))).toBe('1155');
  });

  it('takes neither speech nor silence for a key', () => {
    const text = 'once upon a time a small shop near the harbour kept its lights on all night 0123456789';
    expect(read(encodeMulaw(encodeSpeech(text)))).toBe('');
    expect(read(Buffer.alloc(16_000, 0xff))).toBe('');
  });
});
