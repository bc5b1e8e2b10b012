import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const findRoot = (folder: string): string => {
  if (existsSync(join(folder, 'nx.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no nx.json above ${__dirname}: this runs from the repository only`);
  return findRoot(parent);
};

/** The repository, from the sources and from a bundle in dist/ alike. */
export const repoRoot = findRoot(__dirname);

/** Folder and bundle of an app (`media-gateway`) or tool (`twilio-simulator`). */
export const bundleOf = (name: string): string => {
  for (const kind of ['apps', 'tools']) {
    const bundle = join(repoRoot, 'dist', kind, name, 'main.js');
    if (existsSync(bundle)) return bundle;
  }
  throw new Error(`there is no bundle of ${name} in dist/: run "npm run build" first`);
};

export const parentWatch = join(repoRoot, 'libs/testing/harness/src/processes/parent-watch.cjs');
