import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from './workspace';

/** Names of the projects each project depends on; packages of others left out. */
export type ProjectGraph = ReadonlyMap<string, ReadonlySet<string>>;

interface NxGraph {
  readonly graph: { readonly dependencies: Record<string, { readonly target: string }[]> };
}

/** Asks Nx, afresh; leaves its cache behind, without which the boundary rule of eslint checks nothing. */
export const computeProjectGraph = (): ProjectGraph => {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-graph-'));
  try {
    const file = join(folder, 'graph.json');
    execFileSync(process.execPath, [require.resolve('nx/bin/nx'), 'graph', `--file=${file}`], {
      cwd: workspaceRoot,
      env: { ...process.env, NX_DAEMON: 'false' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { graph } = JSON.parse(readFileSync(file, 'utf8')) as NxGraph;
    return new Map(
      Object.entries(graph.dependencies).map(([name, edges]) => [
        name,
        new Set(edges.map((edge) => edge.target).filter((target) => !target.startsWith('npm:'))),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
};
