import { decodeMulaw } from '../mulaw';

/** A file that is not a WAV we can read; the message is for a person. */
export class WavError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WavError';
  }
}

export type WavEncoding = 'pcm8' | 'pcm16' | 'pcm24' | 'pcm32' | 'float32' | 'mulaw';

export interface Wav {
  readonly sampleRate: number;
  readonly channels: number;
  /** As stored in the file; `samples` are 16-bit whatever it was. */
  readonly encoding: WavEncoding;
  /** One array a channel, all of the same length. */
  readonly samples: Int16Array[];
}

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_MULAW = 7;
const FORMAT_EXTENSIBLE = 0xfffe;
const MAX_CHANNELS = 8;

const encodingOf = (format: number, bits: number): WavEncoding => {
  if (format === FORMAT_PCM && (bits === 8 || bits === 16 || bits === 24 || bits === 32)) return `pcm${bits}`;
  if (format === FORMAT_FLOAT && bits === 32) return 'float32';
  if (format === FORMAT_MULAW && bits === 8) return 'mulaw';
  throw new WavError(`WAV format ${format} with ${bits} bits is not supported`);
};

const clamp = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample)));

const readers: Record<Exclude<WavEncoding, 'mulaw'>, (data: Buffer, at: number) => number> = {
  pcm8: (data, at) => (data[at]! - 128) << 8,
  pcm16: (data, at) => data.readInt16LE(at),
  pcm24: (data, at) => data.readInt16LE(at + 1),
  pcm32: (data, at) => data.readInt16LE(at + 2),
  float32: (data, at) => clamp((data.readFloatLE(at) || 0) * 32_767),
};

const bytesPerSample: Record<WavEncoding, number> = {
  pcm8: 1,
  pcm16: 2,
  pcm24: 3,
  pcm32: 4,
  float32: 4,
  mulaw: 1,
};

/** The named chunks in order. A size that runs past the end (a stream written before its length was known) means "to the end". */
const chunksOf = (file: Buffer): Map<string, Buffer> => {
  const chunks = new Map<string, Buffer>();
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (!chunks.has(name)) chunks.set(name, file.subarray(at + 8, Math.min(file.length, at + 8 + size)));
    at += 8 + size + (size % 2);
  }
  return chunks;
};

/** Reads a RIFF WAVE file: 8, 16, 24, 32-bit PCM, 32-bit float and mu-law; throws {@link WavError}, nothing else. */
export const parseWav = (file: Buffer): Wav => {
  if (
    file.length < 12 ||
    file.toString('latin1', 0, 4) !== 'RIFF' ||
    file.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw new WavError('not a WAV file: it does not begin with RIFF … WAVE');
  const chunks = chunksOf(file);
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || format.length < 16) throw new WavError('the WAV file has no format chunk');
  if (!data) throw new WavError('the WAV file has no data chunk');
  const tag = format.readUInt16LE(0);
  const isExtensible = tag === FORMAT_EXTENSIBLE && format.length >= 26;
  const channels = format.readUInt16LE(2);
  const sampleRate = format.readUInt32LE(4);
  const encoding = encodingOf(isExtensible ? format.readUInt16LE(24) : tag, format.readUInt16LE(14));
  if (channels < 1 || channels > MAX_CHANNELS) throw new WavError(`the WAV file claims ${channels} channels`);
  if (sampleRate < 1000 || sampleRate > 192_000) throw new WavError(`the WAV file claims ${sampleRate} Hz`);
  return { sampleRate, channels, encoding, samples: deinterleave(data, channels, encoding) };
};

const deinterleave = (data: Buffer, channels: number, encoding: WavEncoding): Int16Array[] => {
  const width = bytesPerSample[encoding];
  const length = Math.floor(data.length / (width * channels));
  const all =
    encoding === 'mulaw'
      ? decodeMulaw(data)
      : Int16Array.from({ length: length * channels }, (_, i) => readers[encoding](data, i * width));
  return Array.from({ length: channels }, (_, channel) =>
    Int16Array.from({ length }, (_, i) => all[i * channels + channel]!),
  );
};
