import { setTimeout as sleep } from 'node:timers/promises';

/** Kinds of handles that keep a process alive and that a test must not leave behind. */
const WATCHED = new Set(['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap', 'PipeWrap', 'Timeout']);

const count = (): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (WATCHED.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
};

/** The runner times the hook in which leaks are counted: one timer that is nobody's. */
const TIMERS_OF_THE_HOOK = 1;

/**
 * After the file's tests, waits shortly for sockets, servers, timers and child processes to be gone as before, then
 * fails with what is left. Call it last in the file: jest runs afterAll hooks in the order of their definition.
 */
export const guardResources = (graceMs = 3000): void => {
  const before = count();
  before.set('Timeout', (before.get('Timeout') ?? 0) + TIMERS_OF_THE_HOOK);
  const leaked = (): string[] =>
    [...count()].flatMap(([kind, now]) => {
      const extra = now - (before.get(kind) ?? 0);
      return extra > 0 ? [`${extra} × ${kind}`] : [];
    });
  afterAll(async () => {
    for (let waited = 0; leaked().length > 0 && waited < graceMs; waited += 50) await sleep(50);
    expect(leaked()).toEqual([]);
  });
};
