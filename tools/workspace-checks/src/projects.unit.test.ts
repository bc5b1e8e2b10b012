import { readProjects, treeFiles } from './workspace';

const projects = readProjects();
const files = new Set(treeFiles());
const axes = [/^layer:[0-4]$/, /^type:(app|lib|testing|tool|e2e)$/, /^platform:(any|node|web)$/];

describe('every project', () => {
  it('has a README', () => {
    const without = projects.filter(({ root }) => !files.has(`${root}/README.md`)).map(({ name }) => name);
    expect(without).toEqual([]);
  });

  it('has one tag for each axis and no other', () => {
    const wrong = projects.filter(
      ({ tags }) =>
        tags.length !== axes.length ||
        !axes.every((axis) => tags.filter((tag) => axis.test(tag)).length === 1),
    );
    expect(wrong.map(({ name, tags }) => `${name}: ${tags.join()}`)).toEqual([]);
  });

  it('can be tested, linted and checked for types, and built when it runs', () => {
    const wrong = projects.filter(({ root, targets }) => {
      const wanted = ['test', 'lint', 'typecheck', ...(files.has(`${root}/src/main.ts`) ? ['build'] : [])];
      return !wanted.every((target) => target in targets);
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('is named as its folder', () => {
    // The harness is imported as test-harness: a name that says more than its folder.
    const wrong = projects.filter(({ name, root }) => !root.endsWith(name) && name !== 'test-harness');
    expect(wrong.map(({ name, root }) => `${name} in ${root}`)).toEqual([]);
  });
});
