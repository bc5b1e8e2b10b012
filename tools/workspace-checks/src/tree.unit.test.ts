import { readText, treeFiles } from './workspace';

const TEXT =
  /\.(ts|tsx|mjs|cjs|js|json|md|ya?ml|env|css|html|xml|properties|sql|sh)$|(^|\/)(Dockerfile|\.[a-z]+rc|\.ci\/run)$/;
/** Longest file that may do without saying at its top why it is long. */
const MAX_LINES = 400;
// Put together here, so that this file does not name what it forbids.
const registries = ['registry' + '.npmjs', 'npm.' + 'pkg', 'art' + 'ifactory', 'nexus' + '/repository'];

const texts = treeFiles().filter((path) => TEXT.test(path));

describe('the tree', () => {
  it('names no package registry', () => {
    const named = texts.filter((path) => {
      const text = readText(path);
      return registries.some((host) => text.includes(host)) || /^\s*(@[\w-]+:)?registry\s*=/m.test(text);
    });
    expect(named).toEqual([]);
  });

  it('has a lock file without download addresses', () => {
    expect(readText('package-lock.json')).not.toMatch(/"resolved": "(?!file:|libs\/|apps\/)/);
  });

  it('runs no process with source maps: decoding one at the first error stack stops the event loop for most of a second', () => {
    const flag = '--enable' + '-source-maps';
    expect(texts.filter((path) => readText(path).includes(flag))).toEqual([]);
  });

  it('pins every dependency to one exact version', () => {
    const { dependencies, devDependencies, overrides } = JSON.parse(readText('package.json')) as Record<
      string,
      Record<string, string> | undefined
    >;
    const all = Object.entries({ ...dependencies, ...devDependencies, ...overrides });
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('imports no package that package.json does not name', () => {
    const { dependencies, devDependencies } = JSON.parse(readText('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const known = new Set([...Object.keys({ ...dependencies, ...devDependencies })]);
    const unknown = texts
      .filter((path) => /\.(ts|mjs)$/.test(path))
      .flatMap((path) =>
        [...readText(path).matchAll(/^(?:import|export) (?:[^;'"]* from )?'([^.'][^']*)';/gm)]
          .map((match) => match[1]!)
          .filter((name) => !name.startsWith('node:') && !name.startsWith('@frontdesk/'))
          .map((name) =>
            name
              .split('/')
              .slice(0, name.startsWith('@') ? 2 : 1)
              .join('/'),
          )
          .filter((name) => !known.has(name) && !known.has(`@types/${name}`))
          .map((name) => `${path}: ${name}`),
      );
    expect(unknown).toEqual([]);
  });

  it(`has no source file over ${MAX_LINES} lines without a word on why`, () => {
    const long = texts.filter((path) => {
      if (!path.endsWith('.ts')) return false;
      const lines = readText(path).split('\n');
      return lines.length > MAX_LINES && !/\blong\b/i.test(lines.slice(0, 5).join(' '));
    });
    expect(long).toEqual([]);
  });

  it('leaves no unfinished work and no skipped or focused test behind', () => {
    const left = texts
      .filter((path) => /\.(ts|tsx|mjs)$/.test(path))
      .filter((path) =>
        new RegExp('\\b(TO' + 'DO|FIX' + 'ME)\\b|\\b(it|describe|test)\\.(sk' + 'ip|on' + 'ly)\\(').test(
          readText(path),
        ),
      );
    expect(left).toEqual([]);
  });
});
