import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const workspaceRoot = join(__dirname, '../../..');

/** Made by tools, not written by people. */
const SKIPPED = new Set(['node_modules', 'dist', '.nx', '.data', '.git', 'coverage']);

/** Every file of the tree, by its path from the root. */
export const treeFiles = (folder = workspaceRoot): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (SKIPPED.has(entry.name) || entry.isSymbolicLink()) return [];
    return entry.isDirectory() ? treeFiles(path) : [relative(workspaceRoot, path)];
  });

export const readText = (path: string): string => readFileSync(join(workspaceRoot, path), 'utf8');

export interface Project {
  readonly name: string;
  readonly root: string;
  readonly tags: readonly string[];
  readonly targets: Readonly<Record<string, unknown>>;
}

export const readProjects = (): Project[] =>
  treeFiles()
    .filter((path) => path.endsWith('project.json'))
    .map((path) => ({
      ...(JSON.parse(readText(path)) as Omit<Project, 'root'>),
      root: path.slice(0, -'/project.json'.length),
    }));

export interface DependencyRules {
  readonly projectRoots: readonly string[];
  readonly vendorOwners: Readonly<Record<string, readonly string[]>>;
}

/** The dependency rule's data: a module that only eslint and plain Node load, so a plain Node reads it here. */
export const readDependencyRules = (): DependencyRules => {
  const script =
    "import('./tools/workspace-checks/dependency-rules.mjs').then(({ dependencyRules, vendorOwners }) => " +
    'console.log(JSON.stringify({ projectRoots: dependencyRules.projectRoots, vendorOwners })))';
  return JSON.parse(
    execFileSync(process.execPath, ['-e', script], { cwd: workspaceRoot, encoding: 'utf8' }),
  ) as DependencyRules;
};
