import {
  encodeMulaw,
  FramedStream,
  LevelledStream,
  Resampler,
  SAMPLE_RATE,
  TrimmedStream,
} from '@frontdesk/audio';
import { LEVEL } from './level';

/**
 * The pipeline for speech that is still being made: frames as soon as the first pieces allow (GR5). The same steps as
 * `synthesizeFrames`, but for the level, which it can only guess at first; so what it makes is played and never cached.
 */
export class LiveFrames {
  private readonly narrow: Resampler;
  private readonly trimmed = new TrimmedStream(SAMPLE_RATE);
  private readonly levelled = new LevelledStream(SAMPLE_RATE, LEVEL);
  private readonly framed = new FramedStream();

  constructor(sampleRate: number) {
    this.narrow = new Resampler(sampleRate, SAMPLE_RATE);
  }

  /** Whole frames; often none. */
  process(pcm: Int16Array): Buffer {
    return this.frame(this.levelled.process(this.trimmed.process(this.narrow.process(pcm))));
  }

  /** What was still held, its last frame filled with silence. */
  flush(): Buffer {
    const rest = this.trimmed.process(this.narrow.flush());
    return Buffer.concat([
      this.frame(this.levelled.process(rest)),
      this.frame(this.levelled.process(this.trimmed.flush())),
      this.frame(this.levelled.flush()),
      this.framed.flush(),
    ]);
  }

  private frame(pcm: Int16Array): Buffer {
    return this.framed.process(encodeMulaw(pcm));
  }
}
