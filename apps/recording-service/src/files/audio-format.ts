import { mp3FrameAt } from './mp3-frame';

export type AudioFormat = 'wav' | 'mp3';

export const contentTypes: Record<AudioFormat, string> = { wav: 'audio/wav', mp3: 'audio/mpeg' };

/** Enough of a file to tell what it is. */
export const HEAD_BYTES = 12;

/** Tells audio by its first bytes, whatever the answer claimed to be; null for an error page or anything else. */
export const audioFormatOf = (head: Uint8Array): AudioFormat | null => {
  const bytes = Buffer.from(head);
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE') return 'wav';
  if (bytes.toString('latin1', 0, 3) === 'ID3') return 'mp3';
  return mp3FrameAt(bytes) ? 'mp3' : null;
};

/** The length that a WAV's header promises, null where it promises none (a stream's header). */
export const promisedWavBytes = (head: Uint8Array): number | null => {
  const size = Buffer.from(head).readUInt32LE(4);
  return size === 0 || size === 0xffffffff ? null : size + 8;
};
