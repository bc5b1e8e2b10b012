/** How the audio of an answer is cut into deltas. */
export type Cut = 'usual' | 'one-big' | 'odd-sized';

/** Sizes that fit neither frames nor samples, so that whoever assumes either is found out. */
const ODD_BYTES = [1, 333, 2_401, 7, 159, 1_601];

/** The ends, in bytes, of the deltas. */
export const cutsOf = function* (totalBytes: number, cut: Cut, usualBytes: number): Generator<number> {
  for (let end = 0, index = 0; end < totalBytes; index++) {
    const size =
      cut === 'one-big'
        ? totalBytes
        : cut === 'odd-sized'
          ? (ODD_BYTES[index % ODD_BYTES.length] ?? 1)
          : usualBytes;
    end = Math.min(totalBytes, end + size);
    yield end;
  }
};
