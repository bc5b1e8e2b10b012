import { ConfigError } from './config';

/** How long a start that is no longer wanted may take to finish, so that what it began is released in order. */
const UNWANTED_START_MS = 3000;

/**
 * The life of an executable: start, wait for SIGINT or SIGTERM, dispose, end with the loop empty.
 * A failure to start is one line on stderr for each mistake, no stack trace, and exit code 1.
 * A signal while it starts (it may wait a minute for its database) ends it within {@link UNWANTED_START_MS}, a second
 * signal at once; a disposal that leaves something open is cut after `lastResortMs`.
 */
export const runService = async (
  name: string,
  start: () => Promise<AsyncDisposable>,
  options: { lastResortMs?: number } = {},
): Promise<void> => {
  let isStarting = true;
  const stopRequested = new Promise<void>((resolve) => {
    let signals = 0;
    const onSignal = (): void => {
      signals += 1;
      if (signals > 1) process.exit(1);
      if (isStarting) setTimeout(() => isStarting && process.exit(1), UNWANTED_START_MS).unref();
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
  let service: AsyncDisposable;
  try {
    service = await start();
  } catch (error) {
    for (const line of startFailure(error)) process.stderr.write(`${name}: ${line}\n`);
    process.exit(1);
  }
  isStarting = false;
  await stopRequested;
  setTimeout(() => process.exit(process.exitCode ?? 0), options.lastResortMs ?? 15_000).unref();
  await service[Symbol.asyncDispose]();
};

/** The lines a person needs when a service cannot start. */
export const startFailure = (error: unknown): readonly string[] => {
  if (error instanceof ConfigError) return error.lines;
  const { code, address, port, message } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code === 'EADDRINUSE') return [`port ${port} on ${address} is already taken; set PORT to another one`];
  if (code === 'EACCES' && port)
    return [`port ${port} may not be opened by this user; set PORT to another one`];
  return [String(message ?? error).split('\n')[0] ?? 'failed to start'];
};
