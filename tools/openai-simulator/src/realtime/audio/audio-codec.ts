import { decodeMulaw, encodeMulaw, Resampler, SAMPLE_RATE } from '@frontdesk/audio';
import { Rejection } from '../rejection';
import { type AudioFormat } from '../session-config';

/** Hz of a format. */
export const rateOf = (format: AudioFormat): number => (format.type === 'audio/pcm' ? 24_000 : SAMPLE_RATE);

/** Samples as the bytes of a format of the same rate. */
export const encodeAudio = (format: AudioFormat, pcm: Int16Array): Buffer =>
  format.type === 'audio/pcmu' ? encodeMulaw(pcm) : Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);

/** Turns what a client appends into 8 kHz samples, carrying a split sample over to the next append. */
export class AudioReader {
  private odd = Buffer.alloc(0);
  private readonly resampler: Resampler | undefined;

  constructor(format: AudioFormat) {
    const rate = rateOf(format);
    this.resampler = rate === SAMPLE_RATE ? undefined : new Resampler(rate, SAMPLE_RATE);
  }

  /** @throws Rejection when it is not base64 */
  read(base64: string): Int16Array {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0)
      throw new Rejection('invalid_value', `Invalid 'audio': expected base64 encoded audio bytes.`, 'audio');
    const bytes = Buffer.from(base64, 'base64');
    if (!this.resampler) return decodeMulaw(bytes);
    const joined = Buffer.concat([this.odd, bytes]);
    const whole = joined.length - (joined.length % 2);
    this.odd = joined.subarray(whole);
    const pcm = new Int16Array(whole / 2);
    for (let index = 0; index < pcm.length; index++) pcm[index] = joined.readInt16LE(index * 2);
    return this.resampler.process(pcm);
  }
}
