import { type Loudness, WINDOW_MS } from './loudness';

/** A stretch of one channel in which one side speaks, in milliseconds of the recording. */
export interface SpokenTurn {
  channel: number;
  startMs: number;
  endMs: number;
  /** How much of it is sound. */
  soundMs: number;
}

/** A pause as long as this ends a turn. */
const TURN_PAUSE_MS = 1500;
/** A shorter one does when the other side speaks in it for a while: a breath is no turn, and neither is a "hm". */
const ANSWERED_PAUSE_MS = 500;
const ANSWER_MS = 200;
/** A click or a cough: models write whole sentences for it. */
const LEAST_SOUND_MS = 100;
/** Kept around the sound, so that soft beginnings and endings are heard. */
const MARGIN_MS = 150;
/** Ten minutes of 8 kHz 16-bit sound are 10 MB: far under the provider's 25 MiB, and what one request may lose. */
const MAX_TURN_MS = 10 * 60_000;
/** A longer turn is cut at the quietest place of the last minute before that. */
const SEARCH_MS = 60_000;

interface Run {
  /** In windows; `to` is the first window after it. */
  from: number;
  to: number;
  sound: number;
}

/**
 * The turns of a recording by its sound alone: the provider gives no times (protocols of today's models), so each turn is
 * asked for by itself and its time is known from here. Silence is in none of them: it would cost a request, and models
 * invent text on silence.
 */
export const turnsOfSpeech = (channels: readonly Loudness[]): SpokenTurn[] => {
  const sounding = channels.map((loudness) => loudness.sounding());
  return channels
    .flatMap((loudness, channel) => {
      const others = sounding.filter((_, other) => other !== channel);
      return runsOf(sounding[channel]!, others)
        .filter(({ sound }) => sound * WINDOW_MS >= LEAST_SOUND_MS)
        .flatMap((run) => cut(run, loudness.levels))
        .map((run) => turnOf(run, channel, loudness.levels.length));
    })
    .sort((one, other) => one.startMs - other.startMs || one.channel - other.channel);
};

const runsOf = (sounding: readonly boolean[], others: readonly boolean[][]): Run[] => {
  const runs: Run[] = [];
  let current: Run | undefined;
  for (let at = 0; at < sounding.length; at++) {
    if (!sounding[at]) continue;
    if (current && !isTurnsEnd(current.to, at, others)) {
      current.to = at + 1;
      current.sound += 1;
    } else runs.push((current = { from: at, to: at + 1, sound: 1 }));
  }
  return runs;
};

const isTurnsEnd = (from: number, to: number, others: readonly boolean[][]): boolean => {
  const pauseMs = (to - from) * WINDOW_MS;
  if (pauseMs >= TURN_PAUSE_MS) return true;
  if (pauseMs < ANSWERED_PAUSE_MS) return false;
  return others.some((other) => {
    let sound = 0;
    for (let at = from; at < to; at++) if (other[at]) sound += 1;
    return sound * WINDOW_MS >= ANSWER_MS;
  });
};

const cut = (run: Run, levels: readonly number[]): Run[] => {
  const max = MAX_TURN_MS / WINDOW_MS;
  const parts: Run[] = [];
  let { from } = run;
  while (run.to - from > max) {
    const to = quietest(levels, from + max - SEARCH_MS / WINDOW_MS, from + max);
    parts.push({ from, to, sound: to - from });
    from = to;
  }
  return [...parts, { from, to: run.to, sound: parts.length === 0 ? run.sound : run.to - from }];
};

/** The middle of the quietest fifth of a second between two windows. */
const quietest = (levels: readonly number[], from: number, to: number): number => {
  const width = 200 / WINDOW_MS;
  let best = { at: to, level: Infinity };
  for (let at = from; at + width <= to; at++) {
    let level = 0;
    for (let i = at; i < at + width; i++) level += levels[i] ?? 0;
    if (level < best.level) best = { at: at + width / 2, level };
  }
  return best.at;
};

const turnOf = ({ from, to, sound }: Run, channel: number, length: number): SpokenTurn => ({
  channel,
  startMs: Math.max(0, from * WINDOW_MS - MARGIN_MS),
  endMs: Math.min(length * WINDOW_MS, to * WINDOW_MS + MARGIN_MS),
  soundMs: sound * WINDOW_MS,
});
