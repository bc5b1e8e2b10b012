import { rmsDbfs, trimSilence } from '@frontdesk/audio';

/** A stretch of one channel that is sent to the provider in one request. */
export interface Piece {
  /** Place in the recording: `<channel>.<number>`; answers are kept under it. */
  key: string;
  channel: number;
  samples: Int16Array;
  startMs: number;
  endMs: number;
}

/** 20 minutes of 8 kHz 16-bit audio are 19 MB: under the provider's 25 MiB. */
const MAX_PIECE_MS = 20 * 60_000;
/** A long channel is cut at the quietest place of the last minute before the bound. */
const SEARCH_MS = 60_000;
const WINDOW_MS = 200;

/**
 * What there is to transcribe: each channel on its own, cut where it is quiet if it is long, without the silence around.
 * A silent stretch gives no piece: it would cost a request, and models invent text on silence.
 */
export const piecesOf = (channels: readonly Int16Array[], sampleRate: number): Piece[] =>
  channels.flatMap((samples, channel) =>
    cuts(samples, sampleRate).flatMap(([from, to], number) => {
      const stretch = samples.subarray(from, to);
      const sound = trimSilence(stretch, sampleRate);
      if (sound.length === 0) return [];
      const first = from + (sound.byteOffset - stretch.byteOffset) / Int16Array.BYTES_PER_ELEMENT;
      const ms = (sample: number): number => Math.round((sample * 1000) / sampleRate);
      return [
        {
          key: `${channel}.${number}`,
          channel,
          samples: sound,
          startMs: ms(first),
          endMs: ms(first + sound.length),
        },
      ];
    }),
  );

const cuts = (samples: Int16Array, sampleRate: number): [number, number][] => {
  const maxLength = (MAX_PIECE_MS / 1000) * sampleRate;
  const result: [number, number][] = [];
  let from = 0;
  while (samples.length - from > maxLength) {
    const to = quietest(
      samples,
      from + maxLength - (SEARCH_MS / 1000) * sampleRate,
      from + maxLength,
      sampleRate,
    );
    result.push([from, to]);
    from = to;
  }
  return [...result, [from, samples.length]];
};

/** The middle of the quietest window between two places. */
const quietest = (samples: Int16Array, from: number, to: number, sampleRate: number): number => {
  const size = Math.round((WINDOW_MS / 1000) * sampleRate);
  let best = { at: to, level: Infinity };
  for (let at = from; at + size <= to; at += size) {
    const level = rmsDbfs(samples.subarray(at, at + size));
    if (level < best.level) best = { at: at + Math.floor(size / 2), level };
  }
  return best.at;
};
