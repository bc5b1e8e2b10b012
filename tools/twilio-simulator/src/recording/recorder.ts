import { decodeMulaw, FRAME_BYTES } from '@frontdesk/audio';
import { isAudible } from '../line/level';
import { type LineTap, SILENT_FRAME } from '../line/line';
import type { WavWriter } from './wav-writer';

export type RecordingTrack = 'inbound' | 'outbound' | 'both';

/**
 * Writes a line's audio, both directions of the same tick side by side: channel 1 the far end, channel 2 what was
 * played to it. One channel holds one track or the mix of both.
 */
export class Recorder implements LineTap {
  /** `skip` leaves paused time out, `silence` keeps its place. */
  paused: 'skip' | 'silence' | undefined;
  private firstAudible: number | undefined;
  private lastAudible = 0;

  constructor(
    private readonly writer: WavWriter,
    private readonly channels: 1 | 2,
    private readonly track: RecordingTrack,
  ) {}

  frame(said: Buffer | null, heard: Buffer | null): void {
    if (this.paused === 'skip') return;
    const isSilent = this.paused === 'silence';
    const inbound = isSilent || this.track === 'outbound' ? SILENT_FRAME : (said ?? SILENT_FRAME);
    const outbound = isSilent || this.track === 'inbound' ? SILENT_FRAME : (heard ?? SILENT_FRAME);
    const position = this.writer.samples;
    if (isAudible(inbound) || isAudible(outbound)) {
      this.firstAudible ??= position;
      this.lastAudible = position + FRAME_BYTES;
    }
    const both = [decodeMulaw(inbound), decodeMulaw(outbound)];
    this.writer.write(this.channels === 2 ? both : [mixed(both)]);
  }

  /** Samples between the first and the last sound; empty when there was none. */
  get audiblePart(): { from: number; to: number } {
    return this.firstAudible === undefined
      ? { from: 0, to: 0 }
      : { from: this.firstAudible, to: this.lastAudible };
  }
}

/** The sum of all channels, clipped. */
export const mixed = (channels: readonly Int16Array[]): Int16Array => {
  const [first = new Int16Array()] = channels;
  const out = new Int16Array(first.length);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i] ?? 0;
    out[i] = Math.max(-32_768, Math.min(32_767, sum));
  }
  return out;
};
