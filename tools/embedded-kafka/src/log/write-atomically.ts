import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Replaces a small file so that a crash leaves the old or the new content, never a half. */
export const writeAtomically = (path: string, content: string): void => {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w');
  writeSync(file, content);
  fsyncSync(file);
  closeSync(file);
  renameSync(temporary, path);
};
