import { join, relative, resolve } from 'node:path';
import { repoRoot } from '@frontdesk/test-harness';

export interface StackPaths {
  readonly data: string;
  readonly logs: string;
  /** Lists of what runs began, for the run after a kill -9. */
  readonly runs: string;
  readonly secrets: string;
  /** Recordings and transcripts of demos, a folder each. */
  readonly demos: string;
}

/** Everything the local stack keeps, in one folder: `.data` of the checkout, which git ignores, if not told otherwise. */
export const stackPaths = (dataDir?: string): StackPaths => {
  const data = dataDir === undefined ? join(repoRoot, '.data') : resolve(dataDir);
  return {
    data,
    logs: join(data, 'logs'),
    runs: join(data, 'runs'),
    secrets: join(data, 'secrets.json'),
    demos: join(data, 'demo'),
  };
};

/** A path as a person would name it: from here when it lies below, whole when not. */
export const shownPath = (path: string): string => {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
};
