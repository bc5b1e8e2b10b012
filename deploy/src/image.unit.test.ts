import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, services, workspaceRoot } from './manifests';

const recipe = readFileSync(join(workspaceRoot, 'deploy/images/Dockerfile'), 'utf8');
const stages = recipe.split(/^(?=FROM )/m).slice(1);
const stageOf = (name: string): string =>
  stages.find((stage) => stage.split('\n')[0]!.endsWith(` AS ${name}`)) ?? '';

describe('the image recipe', () => {
  it('installs what the lock file says, builds every service, and leaves all of it behind', () => {
    expect(stageOf('build')).toContain('RUN npm ci');
    for (const service of services) {
      expect(stageOf('build')).toContain(service);
      const lines = stageOf(service).trim().split('\n');
      expect(lines).toEqual([
        `FROM runtime AS ${service}`,
        `COPY --from=build /build/dist/apps/${service}/ ./`,
        `EXPOSE ${configOf(service).PORT}`,
      ]);
    }
  });

  it('runs as a numbered user that is not root, with node as process 1', () => {
    expect(stageOf('runtime')).toMatch(/^USER 1000:1000$/m);
    expect(stageOf('runtime')).toMatch(/^ENTRYPOINT \["node", "main.js"\]$/m);
    expect(stageOf('runtime')).toContain('NODE_ENV=production');
  });

  it('uses one Node, an LTS line that the workspace allows', () => {
    const { engines } = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    const version = Number(/^ARG NODE_VERSION=(\d+)$/m.exec(recipe)?.[1]);
    expect(version % 2).toBe(0);
    expect(version).toBeGreaterThanOrEqual(Number(/\d+/.exec(engines.node)?.[0]));
    expect(recipe.match(/^FROM node:/gm)).toHaveLength(2);
    expect(recipe.match(/^FROM node:\$\{NODE_VERSION\}-alpine /gm)).toHaveLength(2);
  });

  it('sends no environment file, test or local build to the builder', () => {
    const ignored = readFileSync(join(workspaceRoot, 'deploy/images/Dockerfile.dockerignore'), 'utf8').split(
      '\n',
    );
    expect(ignored).toEqual(expect.arrayContaining(['*', '**/*.env', '**/*.test.ts']));
    const copied = [...stageOf('build').matchAll(/^COPY (.+) \S+$/gm)].flatMap((match) =>
      match[1]!.split(' '),
    );
    expect(copied.filter((path) => !ignored.includes(`!${path}`))).toEqual([]);
  });
});
