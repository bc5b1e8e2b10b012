const AT_ONCE = 20;

/** Does the same to many things, so many at a time. */
export const inBatches = async <T>(
  list: readonly T[],
  work: (one: T, index: number) => Promise<void>,
): Promise<void> => {
  for (let from = 0; from < list.length; from += AT_ONCE)
    await Promise.all(list.slice(from, from + AT_ONCE).map((one, index) => work(one, from + index)));
};
