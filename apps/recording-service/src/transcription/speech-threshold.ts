/** Levels are counted in steps of half a decibel, from digital silence up. */
const STEP_DB = 0.5;
export const SILENT_DBFS = -120;

/** How many windows have which level; windows come and go, so that a stretch can slide along a recording. */
export class LevelHistogram {
  private readonly counts = new Uint32Array(-SILENT_DBFS / STEP_DB + 1);
  private total = 0;

  add(level: number): void {
    this.counts[stepOf(level)]! += 1;
    this.total += 1;
  }

  remove(level: number): void {
    this.counts[stepOf(level)]! -= 1;
    this.total -= 1;
  }

  /** The level that this share of the windows does not exceed, in dBFS. */
  levelAt(share: number): number {
    const wanted = share * this.total;
    let seen = 0;
    for (let step = 0; step < this.counts.length; step++) {
      seen += this.counts[step]!;
      if (seen > wanted) return SILENT_DBFS + step * STEP_DB;
    }
    return 0;
  }
}

const stepOf = (level: number): number =>
  Math.round((Math.min(0, Math.max(SILENT_DBFS, level)) - SILENT_DBFS) / STEP_DB);

/** No quieter sound is speech. */
const LEAST_THRESHOLD_DBFS = -50;
/** So much of a stretch is taken to be free of speech, and so much to be as loud as its speech or louder. */
const NOISE_SHARE = 0.2;
const LOUD_SHARE = 0.95;
/** Speech stands out by this, or, where it is nearer to the noise, at least by that: noise itself rises by 3 dB. */
const ABOVE_NOISE_DB = 8;
const LEAST_ABOVE_NOISE_DB = 4;
/**
 * Fluent speech leaves fewer quiet windows than {@link NOISE_SHARE}: its own soft sounds are then taken for noise. They are
 * within this of its loud ones, and quiet speech has them below that level whatever it is.
 */
const BELOW_LOUD_DB = 17;
const SOFT_DBFS = -38;
/** Speech rises and falls by more. What does not is a fan or a motor, or, from this level up, a tone that says something. */
const STEADY_DB = 5;
const STEADY_THRESHOLD_DBFS = -30;

/** The level above which a window holds speech, by what is around it. */
export const thresholdOf = (around: LevelHistogram): number => {
  const noise = around.levelAt(NOISE_SHARE);
  const loud = around.levelAt(LOUD_SHARE);
  const most =
    loud - noise < STEADY_DB
      ? STEADY_THRESHOLD_DBFS
      : Math.max(SOFT_DBFS, loud - BELOW_LOUD_DB, noise + LEAST_ABOVE_NOISE_DB);
  return Math.max(LEAST_THRESHOLD_DBFS, Math.min(noise + ABOVE_NOISE_DB, most));
};
