/** What comes before the mu-law of each key: 32 bytes of key, 4 bytes of length. */
const HEAD_BYTES = 36;
/** Ten minutes of speech: nothing longer is ever synthesized. */
const MAX_FRAMES_BYTES = 10 * 60 * 8000;

/**
 * Reads the answer of `getManyFrames` as it comes: each entry by itself, so that a load of megabytes holds up no call.
 * Empty frames: greeting-service has none of this key. Throws when the answer ends within an entry.
 */
export const readManyFrames = async function* (
  body: AsyncIterable<Buffer>,
): AsyncGenerator<{ key: string; frames: Buffer }> {
  let pieces: Buffer[] = [];
  let [held, needed] = [0, HEAD_BYTES];
  for await (const piece of body) {
    pieces.push(piece);
    held += piece.length;
    while (held >= needed) {
      let bytes = Buffer.concat(pieces);
      const length = bytes.readUInt32BE(32);
      if (length > MAX_FRAMES_BYTES) throw new Error(`${length} bytes of frames: this is no bulk answer`);
      needed = HEAD_BYTES + length;
      if (held >= needed) {
        // A copy: a slice would keep all that came with it in memory.
        yield {
          key: bytes.toString('hex', 0, 32),
          frames: Buffer.from(bytes.subarray(HEAD_BYTES, needed)),
        };
        bytes = bytes.subarray(needed);
        needed = HEAD_BYTES;
      }
      pieces = [bytes];
      held = bytes.length;
    }
  }
  if (held > 0) throw new Error('the answer ended within an entry');
};
