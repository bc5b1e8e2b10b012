import { type Replicas } from './replicas';

const ANSWER_MS = 1000;

/** Asks each of several replicas whether it is ready, again and again; a single one is always handed everything. */
export const watchReadiness = (replicas: Replicas, everyMs: number): Disposable => {
  let isAsking = false;
  const timer = setInterval(() => {
    if (isAsking || replicas.urls.length < 2) return;
    isAsking = true;
    void Promise.all(replicas.urls.map(async (url) => replicas.setReady(url, await isReady(url)))).finally(
      () => (isAsking = false),
    );
  }, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
};
