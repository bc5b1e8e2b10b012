import { execFileSync } from 'node:child_process';
import { computeProjectGraph, type ProjectGraph } from './project-graph';
import { readDependencyRules, readProjects, readText, treeFiles, workspaceRoot } from './workspace';

const BOUNDARIES = '@nx/enforce-module-boundaries';
const VENDORS = '@typescript-eslint/no-restricted-imports';
const projects = readProjects();
const hasTag = (name: string, ...tags: string[]): boolean =>
  projects.some((project) => project.name === name && project.tags.some((tag) => tags.includes(tag)));

/** The lint rules that a text would break in a file. */
const brokenRules = (texts: readonly { file: string; text: string }[]): string[][] =>
  JSON.parse(
    execFileSync(process.execPath, ['tools/workspace-checks/lint-texts.mjs'], {
      cwd: workspaceRoot,
      input: JSON.stringify(texts),
      encoding: 'utf8',
    }),
  ) as string[][];

/** What the sources themselves import, found without Nx. */
const importedProjects = (root: string): string[] => {
  const files = treeFiles(`${workspaceRoot}/${root}`).filter((path) => path.endsWith('.ts'));
  const aliases = files.flatMap((path) =>
    [...readText(path).matchAll(/\bfrom '@frontdesk\/([a-z-]+)'/g)].map((match) => match[1]!),
  );
  return [...new Set(aliases)];
};

// Once and first: it also leaves the cached graph without which the boundary rule checks nothing and passes.
let graph: ProjectGraph;
beforeAll(() => {
  graph = computeProjectGraph();
}, 120_000);

describe('the project graph', () => {
  it('has an edge for every import between projects, so that the boundary rule has something to check', () => {
    const missing = projects.flatMap(({ name, root }) =>
      importedProjects(root)
        .filter((imported) => imported !== name && !graph.get(name)?.has(imported))
        .map((imported) => `${name} -> ${imported}`),
    );
    expect(missing).toEqual([]);
  });

  it('has the edges the design stands on', () => {
    const edges = [...graph].flatMap(([from, targets]) => [...targets].map((to) => `${from} -> ${to}`));
    expect(edges).toEqual(
      expect.arrayContaining([
        'media-gateway -> telephony',
        'media-gateway -> speech',
        'media-gateway -> audio',
        'media-gateway -> messaging',
        'greeting-service -> persistence',
        'recording-service -> telephony',
        'outbound-dialer -> telephony',
        'http -> contracts',
        'http -> observability',
        'messaging -> contracts',
        ...projects.filter(({ tags }) => tags.includes('type:app')).map(({ name }) => `${name} -> contracts`),
      ]),
    );
  });

  it('has no edge from one app into another, and none from a lib into an app', () => {
    const wrong = [...graph].flatMap(([from, targets]) =>
      // Tools may be built after apps; only apps and libs must not know them.
      [...targets]
        .filter((to) => hasTag(from, 'type:app', 'type:lib', 'type:testing') && hasTag(to, 'type:app'))
        .map((to) => `${from} -> ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps the media gateway away from databases', () => {
    expect(graph.get('media-gateway')?.has('persistence')).toBe(false);
  });
});

describe('the dependency rule', () => {
  const cases: [reason: string, file: string, text: string, rule: string][] = [
    ['a lib importing sideways', 'libs/http/src/index.ts', "import '@frontdesk/messaging';", BOUNDARIES],
    [
      'a lib of layer 0 importing another',
      'libs/contracts/src/index.ts',
      "import '@frontdesk/runtime';",
      BOUNDARIES,
    ],
    ['a lib importing upwards', 'libs/observability/src/index.ts', "import '@frontdesk/http';", BOUNDARIES],
    [
      'an app importing another',
      'apps/greeting-service/src/main.ts',
      "import '../../media-gateway/src/main';",
      BOUNDARIES,
    ],
    [
      'a lib importing testing code',
      'libs/telephony/src/index.ts',
      "import '@frontdesk/audio-identity';",
      BOUNDARIES,
    ],
    ['twilio outside telephony', 'libs/http/src/index.ts', "import 'twilio';", VENDORS],
    [
      'a file of twilio outside telephony',
      'apps/media-gateway/src/main.ts',
      "import 'twilio/lib/rest/Twilio';",
      VENDORS,
    ],
    [
      'a type of kafkajs outside messaging',
      'libs/http/src/index.ts',
      "import type { Kafka } from 'kafkajs'; export type K = Kafka;",
      VENDORS,
    ],
    ['a vendor in the contracts', 'libs/contracts/src/index.ts', "import 'express';", VENDORS],
    [
      'the environment read in the middle',
      'libs/http/src/index.ts',
      'export const x = process.env.PORT;',
      'no-restricted-properties',
    ],
  ];

  const allowed = [
    { file: 'libs/http/src/index.ts', text: "import '@frontdesk/contracts'; import 'express';" },
    { file: 'libs/telephony/src/index.ts', text: "import 'twilio';" },
  ];
  let broken: string[][];
  beforeAll(() => {
    broken = brokenRules([...cases.map(([, file, text]) => ({ file, text })), ...allowed]);
  }, 120_000);

  it.each(cases.map(([reason, , , rule], index) => ({ reason, rule, index })))(
    'bites: $reason',
    ({ rule, index }) => {
      expect(broken[index]).toContain(rule);
    },
  );

  it('lets through what it should', () => {
    expect(broken.slice(cases.length)).toEqual([[], []]);
  });

  it('covers every project that exists, and no other', () => {
    expect([...readDependencyRules().projectRoots].sort()).toEqual(projects.map(({ root }) => root).sort());
  });

  it('names only packages that are dependencies of the workspace', () => {
    const { dependencies } = JSON.parse(readText('package.json')) as { dependencies: Record<string, string> };
    expect(Object.keys(readDependencyRules().vendorOwners).filter((name) => !(name in dependencies))).toEqual(
      [],
    );
  });
});
