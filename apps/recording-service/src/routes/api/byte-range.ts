export interface ByteRange {
  /** First and last byte, both included. */
  first: number;
  last: number;
}

/**
 * The one range that a `Range` header asks for (RFC 9110 §14). Null: send the whole, which is also the right answer to a
 * header that cannot be read or asks for several.
 * @returns 'unsatisfiable' for a range beyond the end
 */
export const parseByteRange = (
  header: string | undefined,
  size: number,
): ByteRange | null | 'unsatisfiable' => {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  const [, from, to] = match ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return null;
  return first >= size ? 'unsatisfiable' : { first, last };
};
