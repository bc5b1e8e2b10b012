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

/** Where the samples of a WAV file lie and how they are written. */
export interface WavLayout {
  readonly sampleRate: number;
  readonly channels: number;
  readonly encoding: WavEncoding;
  /** Bytes of one sample of every channel. */
  readonly frameBytes: number;
  /** Offset of the first sample. */
  readonly dataAt: number;
  /** As the header says; a stream written before its length was known says too much. */
  readonly dataBytes: number;
}

interface Chunk {
  readonly at: number;
  readonly size: number;
}

/** The named chunks that begin within `head`, in order. */
const chunksOf = (head: Buffer): Map<string, Chunk> => {
  const chunks = new Map<string, Chunk>();
  for (let at = 12; at + 8 <= head.length;) {
    const name = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (!chunks.has(name)) chunks.set(name, { at: at + 8, size });
    at += 8 + size + (size % 2);
  }
  return chunks;
};

/** Reads the header of a RIFF WAVE file from its beginning, which must reach to the data; throws {@link WavError}. */
export const readWavLayout = (head: Buffer): WavLayout => {
  if (
    head.length < 12 ||
    head.toString('latin1', 0, 4) !== 'RIFF' ||
    head.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw new WavError('not a WAV file: it does not begin with RIFF … WAVE');
  const chunks = chunksOf(head);
  const formatChunk = chunks.get('fmt ');
  const data = chunks.get('data');
  const format = formatChunk && head.subarray(formatChunk.at, formatChunk.at + formatChunk.size);
  if (!format || format.length < 16) throw new WavError('the WAV file has no format chunk');
  if (!data) throw new WavError('the WAV file has no data chunk');
  const tag = format.readUInt16LE(0);
  const isExtensible = tag === FORMAT_EXTENSIBLE && format.length >= 26;
  const channels = format.readUInt16LE(2);
  const sampleRate = format.readUInt32LE(4);
  const encoding = encodingOf(isExtensible ? format.readUInt16LE(24) : tag, format.readUInt16LE(14));
  if (channels < 1 || channels > MAX_CHANNELS) throw new WavError(`the WAV file claims ${channels} channels`);
  if (sampleRate < 1000 || sampleRate > 192_000) throw new WavError(`the WAV file claims ${sampleRate} Hz`);
  const frameBytes = bytesPerSample[encoding] * channels;
  return { sampleRate, channels, encoding, frameBytes, dataAt: data.at, dataBytes: data.size };
};

/** Reads a RIFF WAVE file: 8, 16, 24, 32-bit PCM, 32-bit float and mu-law; throws {@link WavError}, nothing else. */
export const parseWav = (file: Buffer): Wav => {
  const layout = readWavLayout(file);
  const { sampleRate, channels, encoding, dataAt, dataBytes } = layout;
  // A size that runs past the end means "to the end".
  const data = file.subarray(dataAt, Math.min(file.length, dataAt + dataBytes));
  return { sampleRate, channels, encoding, samples: decodeWavData(data, layout) };
};

/** The samples of each channel in a part of the data that begins with a whole frame; an incomplete last one is left out. */
export const decodeWavData = (
  data: Buffer,
  { channels, encoding, frameBytes }: Pick<WavLayout, 'channels' | 'encoding' | 'frameBytes'>,
): Int16Array[] => {
  const length = Math.floor(data.length / frameBytes);
  const samples = Array.from({ length: channels }, () => new Int16Array(length));
  const read = encoding === 'mulaw' ? undefined : readers[encoding];
  const decoded = read ? undefined : decodeMulaw(data);
  const width = bytesPerSample[encoding];
  for (let channel = 0; channel < channels; channel++) {
    const into = samples[channel]!;
    for (let frame = 0, i = channel; frame < length; frame++, i += channels)
      into[frame] = read ? read(data, i * width) : decoded![i]!;
  }
  return samples;
};
