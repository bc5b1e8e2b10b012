/** One frame of MPEG audio, layer III (ISO 11172-3, 13818-3): what its header says. */
export interface Mp3Frame {
  bytes: number;
  durationMs: number;
}

export const MP3_HEADER_BYTES = 4;

interface Version {
  /** kbit/s by index; 0 is "free", of which nobody can tell the length. */
  bitrates: readonly number[];
  sampleRates: readonly number[];
  samplesAFrame: number;
}

const shortBitrates = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const versions: Readonly<Record<number, Version>> = {
  0b11: {
    bitrates: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    sampleRates: [44_100, 48_000, 32_000],
    samplesAFrame: 1152,
  },
  0b10: { bitrates: shortBitrates, sampleRates: [22_050, 24_000, 16_000], samplesAFrame: 576 },
  0b00: { bitrates: shortBitrates, sampleRates: [11_025, 12_000, 8000], samplesAFrame: 576 },
};
const LAYER_III = 0b01;

/** The frame whose header begins at `at`; null when none does. */
export const mp3FrameAt = (bytes: Uint8Array, at = 0): Mp3Frame | null => {
  if (at + MP3_HEADER_BYTES > bytes.length) return null;
  const [sync, kind, rate] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0 || ((kind >> 1) & 0b11) !== LAYER_III) return null;
  const version = versions[(kind >> 3) & 0b11];
  const bitrate = version?.bitrates[rate >> 4];
  const sampleRate = version?.sampleRates[(rate >> 2) & 0b11];
  if (!version || !bitrate || !sampleRate) return null;
  const padding = (rate >> 1) & 1;
  return {
    bytes: Math.floor((version.samplesAFrame / 8) * ((bitrate * 1000) / sampleRate)) + padding,
    durationMs: (version.samplesAFrame * 1000) / sampleRate,
  };
};

const ID3_HEADER_BYTES = 10;

/** Bytes of the tag (ID3v2) that stands before the first frame; 0 when there is none. */
export const id3Bytes = (head: Uint8Array): number => {
  if (head.length < ID3_HEADER_BYTES || Buffer.from(head.subarray(0, 3)).toString('latin1') !== 'ID3')
    return 0;
  const [a = 0, b = 0, c = 0, d = 0] = head.subarray(6, ID3_HEADER_BYTES);
  return ID3_HEADER_BYTES + (((a & 0x7f) << 21) | ((b & 0x7f) << 14) | ((c & 0x7f) << 7) | (d & 0x7f));
};
