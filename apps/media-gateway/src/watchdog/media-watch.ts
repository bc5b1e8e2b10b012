/** What the stream has shown of life. */
export interface StreamLife {
  /** Monotonic time of the stream's start. */
  readonly startedAtMs: number;
  /** Of the last media message; null before the first. */
  readonly lastMediaAtMs: number | null;
  /** For how long pings have gone unanswered; 0 while they are answered. */
  readonly sincePongMs: number;
  readonly wasMarkEchoed: boolean;
  /** Whether any ping was answered since the start. */
  readonly wasPingAnswered: boolean;
}

export interface MediaWatchTimes {
  /** [WATCHDOG_NO_MEDIA_TIMEOUT_MS] */
  readonly noMediaMs: number;
  /** [WATCHDOG_MEDIA_LOST_MS] */
  readonly mediaLostMs: number;
}

/**
 * Whether a started stream is dead (IN4): nothing at all after the start, or later neither media nor answers to pings. A
 * caller on mute, or a line that sends nothing while nobody speaks, still answers pings.
 */
export const streamDeath = (
  life: StreamLife,
  nowMs: number,
  times: MediaWatchTimes,
): 'no-media' | 'media-lost' | null => {
  if (life.lastMediaAtMs === null) {
    const isMute = !life.wasMarkEchoed && !life.wasPingAnswered;
    return isMute && nowMs - life.startedAtMs >= times.noMediaMs ? 'no-media' : null;
  }
  const isLost = nowMs - life.lastMediaAtMs >= times.mediaLostMs && life.sincePongMs >= times.mediaLostMs;
  return isLost ? 'media-lost' : null;
};
