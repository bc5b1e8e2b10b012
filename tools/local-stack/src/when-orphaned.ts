const LOOK_EVERY_MS = 1000;

/**
 * Tells once when the process that ran this is gone: npm, ended by a signal, leaves what it runs behind without a word.
 * @param parentOf the parent's process id now
 */
export const whenOrphaned = (tell: () => void, parentOf: () => number = () => process.ppid): void => {
  const parent = parentOf();
  const looking = setInterval(() => {
    if (parentOf() === parent) return;
    clearInterval(looking);
    tell();
  }, LOOK_EVERY_MS);
  looking.unref();
};
