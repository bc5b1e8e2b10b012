import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningProcess } from './child-process';

const TIMEOUT_MS = 60_000;
const RETRY_MS = 50;
const REQUEST_TIMEOUT_MS = 3000;

/** Waits until a service's /readyz answers 200; the error says what it was still missing. */
export const waitUntilReady = async (service: RunningProcess, timeoutMs = TIMEOUT_MS): Promise<void> => {
  const url = `http://127.0.0.1:${service.listeningLine.port}/readyz`;
  const until = performance.now() + timeoutMs;
  for (;;) {
    const missing = await whatIsMissing(url);
    if (missing === undefined) return;
    if (!service.isRunning) throw service.failure('ended before it was ready');
    if (performance.now() > until)
      throw service.failure(`was not ready within ${timeoutMs} ms, missing: ${missing}`);
    await sleep(RETRY_MS);
  }
};

const whatIsMissing = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const body = await response.text();
    return response.ok ? undefined : `${response.status} ${body}`;
  } catch (error) {
    return (error as Error).message;
  }
};
