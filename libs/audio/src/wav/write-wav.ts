import { MULAW_SILENCE, SAMPLE_RATE } from '../constants';

const FORMAT_PCM = 1;
const FORMAT_MULAW = 7;

interface Layout {
  formatTag: number;
  bytesPerSample: 1 | 2;
  channels: number;
  sampleRate: number;
  length: number;
}

/** Header and a data area to fill; returns the whole file and the offset of the data. */
const allocate = (layout: Layout, fill: number): { file: Buffer; dataAt: number } => {
  const { formatTag, bytesPerSample, channels, sampleRate, length } = layout;
  if (channels < 1) throw new RangeError('a WAV file needs at least one channel');
  const blockBytes = bytesPerSample * channels;
  const dataBytes = length * blockBytes;
  // Formats other than PCM carry an extension size (0) in `fmt ` and a `fact` chunk with the sample count.
  const isPcm = formatTag === FORMAT_PCM;
  const formatBytes = isPcm ? 16 : 18;
  const dataAt = 12 + 8 + formatBytes + (isPcm ? 0 : 12) + 8;
  const file = Buffer.alloc(dataAt + dataBytes + (dataBytes % 2), fill);
  file.fill(0, 0, dataAt);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(formatBytes, 16);
  file.writeUInt16LE(formatTag, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * blockBytes, 28);
  file.writeUInt16LE(blockBytes, 32);
  file.writeUInt16LE(bytesPerSample * 8, 34);
  if (!isPcm) {
    file.write('fact', 38, 'latin1');
    file.writeUInt32LE(4, 42);
    file.writeUInt32LE(length, 46);
  }
  file.write('data', dataAt - 8, 'latin1');
  file.writeUInt32LE(dataBytes, dataAt - 4);
  return { file, dataAt };
};

const longest = (channels: readonly { length: number }[]): number =>
  channels.reduce((max, channel) => Math.max(max, channel.length), 0);

/** 16-bit PCM, one array a channel; shorter channels are filled with silence. */
export const writeWav = (channels: readonly Int16Array[], sampleRate: number): Buffer => {
  const length = longest(channels);
  const { file, dataAt } = allocate(
    { formatTag: FORMAT_PCM, bytesPerSample: 2, channels: channels.length, sampleRate, length },
    0,
  );
  channels.forEach((channel, c) =>
    channel.forEach((sample, i) => file.writeInt16LE(sample, dataAt + 2 * (i * channels.length + c))),
  );
  return file;
};

/** Mu-law, one array of bytes a channel; shorter channels are filled with silence. */
export const writeMulawWav = (channels: readonly Uint8Array[], sampleRate = SAMPLE_RATE): Buffer => {
  const length = longest(channels);
  const { file, dataAt } = allocate(
    { formatTag: FORMAT_MULAW, bytesPerSample: 1, channels: channels.length, sampleRate, length },
    MULAW_SILENCE,
  );
  // A minute of one channel byte by byte takes as long as a frame may.
  if (channels.length === 1) file.set(channels[0]!, dataAt);
  else
    channels.forEach((channel, c) =>
      channel.forEach((byte, i) => (file[dataAt + i * channels.length + c] = byte)),
    );
  return file;
};
