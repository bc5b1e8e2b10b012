import { SAMPLE_RATE } from '@frontdesk/audio';

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;

/** 8 kHz samples written to the buffer, by their time in the session, until they are committed or too old. */
export class InputAudio {
  private chunks: { readonly fromSample: number; readonly pcm: Int16Array }[] = [];
  private written = 0;

  /** How long a turn may be; older audio is dropped, as the caller has long been heard. */
  constructor(private readonly maxMs = 300_000) {}

  get positionMs(): number {
    return this.written / SAMPLES_PER_MS;
  }

  /** Milliseconds that are held. */
  get heldMs(): number {
    return (this.written - (this.chunks[0]?.fromSample ?? this.written)) / SAMPLES_PER_MS;
  }

  append(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.chunks.push({ fromSample: this.written, pcm });
    this.written += pcm.length;
    this.forgetBefore(this.positionMs - this.maxMs);
  }

  /** The samples between two moments, as far as they are held. */
  slice(fromMs: number, toMs: number): Int16Array {
    const from = Math.max(Math.round(fromMs * SAMPLES_PER_MS), this.chunks[0]?.fromSample ?? 0);
    const to = Math.min(Math.round(toMs * SAMPLES_PER_MS), this.written);
    const out = new Int16Array(Math.max(0, to - from));
    for (const { fromSample, pcm } of this.chunks) {
      const part = pcm.subarray(Math.max(0, from - fromSample), Math.max(0, to - fromSample));
      if (part.length > 0) out.set(part, Math.max(0, fromSample - from));
    }
    return out;
  }

  /** Whole chunks only: what remains may begin a little earlier. */
  forgetBefore(ms: number): void {
    const sample = ms * SAMPLES_PER_MS;
    let count = 0;
    for (const { fromSample, pcm } of this.chunks) {
      if (fromSample + pcm.length > sample) break;
      count += 1;
    }
    if (count > 0) this.chunks.splice(0, count);
  }
}
