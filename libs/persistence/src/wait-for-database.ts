import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { isConnectionError, reasonOf } from './errors';
import { type DatabaseLogger } from './logger';

const RETRY_MS = 500;
const REPORT_EVERY_MS = 5000;
const CONNECT_TIMEOUT_MS = 5000;

/** Where a URL points, without user and password. */
export const addressOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 5432}${pathname}`;
};

/**
 * Waits until the database accepts a connection, at most `waitMs`, saying what it waits for. A server that answers
 * with a refusal (wrong password, no such database) ends the wait at once: waiting would not help.
 */
export const waitForDatabase = async (url: string, logger: DatabaseLogger, waitMs: number): Promise<void> => {
  const startedAt = performance.now();
  let reportedAt = -Infinity;
  for (;;) {
    try {
      await connectOnce(url);
      return;
    } catch (error) {
      const waitedMs = performance.now() - startedAt;
      if (!isConnectionError(error))
        throw new Error(`the database at ${addressOf(url)} refuses the connection: ${reasonOf(error)}`, {
          cause: error,
        });
      if (waitedMs >= waitMs)
        throw new Error(
          `the database at ${addressOf(url)} did not come up within ${Math.round(waitMs / 1000)} s: ${reasonOf(error)}`,
          { cause: error },
        );
      if (performance.now() - reportedAt >= REPORT_EVERY_MS) {
        reportedAt = performance.now();
        logger.warn('DATABASE_WAITING', {
          database: addressOf(url),
          reason: reasonOf(error),
          waitedMs: Math.round(waitedMs),
          waitMs,
        });
      }
      await sleep(RETRY_MS);
    }
  }
};

const connectOnce = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined); // told through the promise; an 'error' event without a listener ends the process
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => undefined);
  }
};
