/**
 * Speech whose first piece has come; its iteration gives that piece again, and then the rest. An error when none comes
 * within the bound: then the request is aborted. Bounds only the wait for the first piece.
 */
export const firstHeard = async (
  ask: (signal: AbortSignal) => Promise<AsyncIterable<Buffer>>,
  withinMs: number,
): Promise<AsyncIterable<Buffer> | Error> => {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error('no speech in time')), withinMs);
  });
  const speech = begin(ask, abort.signal).catch((error: unknown) =>
    error instanceof Error ? error : new Error('no speech', { cause: error }),
  );
  const first = await Promise.race([speech, late]);
  clearTimeout(timer);
  if (first instanceof Error) abort.abort(first);
  return first;
};

const begin = async (
  ask: (signal: AbortSignal) => Promise<AsyncIterable<Buffer>>,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer> | Error> => {
  const body = (await ask(signal))[Symbol.asyncIterator]();
  const first = await body.next();
  if (first.done) return new Error('the speech is empty');
  return (async function* () {
    yield first.value;
    for (let next = await body.next(); !next.done; next = await body.next()) yield next.value;
  })();
};
