import { withTimeout } from '@frontdesk/runtime';
import { type RequestHandler } from 'express';
import { sendProblem } from './middleware/errors';
import { HttpProblem } from './problem';

const CHECK_TIMEOUT_MS = 1000;

type Checks = Record<string, () => void | Promise<void>>;

/** 200 `{"status":"ok"}` when every check holds, else a 503 that names what is missing. */
export const healthHandler =
  (title: string, checks: Checks, isStopping: () => boolean = () => false): RequestHandler =>
  async (_request, response) => {
    const errors = isStopping() ? [{ path: 'service', message: 'is stopping' }] : await failedChecks(checks);
    response.setHeader('Cache-Control', 'no-store');
    if (errors.length === 0) response.json({ status: 'ok' });
    else sendProblem(response, new HttpProblem(503, title, names(errors), errors));
  };

const names = (errors: { path: string; message: string }[]): string =>
  errors.map(({ path, message }) => `${path}: ${message}`).join('; ');

const failedChecks = async (checks: Checks): Promise<{ path: string; message: string }[]> => {
  const results = await Promise.all(
    Object.entries(checks).map(async ([path, check]) => {
      try {
        await withTimeout(Promise.resolve().then(check), CHECK_TIMEOUT_MS, 'the check');
        return null;
      } catch (error) {
        return { path, message: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
  return results.filter((result) => result !== null);
};
