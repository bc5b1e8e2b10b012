/**
 * G.711 mu-law by table (ITU-T G.711; the classic 16-bit encoder with bias 132 and clip 32635). The bits go out
 * inverted: 0xff is +0, 0x80 the largest positive sample.
 */

const BIAS = 132;
const CLIP = 32635;

const encodeSample = (sample: number): number => {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(CLIP, Math.abs(sample)) + BIAS;
  const segment = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  const mantissa = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | mantissa) & 0xff;
};

const decodeByte = (byte: number): number => {
  const code = ~byte & 0xff;
  const segment = (code >> 4) & 7;
  const magnitude = ((((code & 0x0f) << 3) + BIAS) << segment) - BIAS;
  return code & 0x80 ? -magnitude : magnitude;
};

const encodeTable = Uint8Array.from({ length: 65_536 }, (_, index) => encodeSample((index << 16) >> 16));
const decodeTable = Int16Array.from({ length: 256 }, (_, byte) => decodeByte(byte));

/** 16-bit samples to mu-law bytes, one for one. */
export const encodeMulaw = (pcm: Int16Array): Buffer => {
  const bytes = Buffer.allocUnsafe(pcm.length);
  for (let i = 0; i < pcm.length; i++) bytes[i] = encodeTable[pcm[i]! & 0xffff]!;
  return bytes;
};

/** Mu-law bytes to 16-bit samples, one for one. */
export const decodeMulaw = (bytes: Uint8Array): Int16Array => {
  const pcm = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) pcm[i] = decodeTable[bytes[i]!]!;
  return pcm;
};
