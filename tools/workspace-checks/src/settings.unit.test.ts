import { readProjects, readText, treeFiles } from './workspace';
import { exampleVariables, plainRow, settingsOf, type SettingRow, tableRows } from './settings-table';

const files = new Set(treeFiles());
const runnable = readProjects().filter(({ root }) => files.has(`${root}/src/main.ts`));
const apps = runnable.filter(({ tags }) => tags.includes('type:app'));
/** Tools have settings too; those that answer for them are held to the same. */
const answering = runnable.filter(({ root }) => readText(`${root}/src/main.ts`).includes('runMain('));

describe('settings', () => {
  it('are told by every app: node main.js settings', () => {
    expect(apps.filter((app) => !answering.includes(app)).map(({ name }) => name)).toEqual([]);
  });

  /** What a variable means may be told at more length in a README than in the code: names and defaults must agree. */
  const facts = (rows: SettingRow[]): string[] =>
    rows.map(({ variable, fallback }) => `${variable}: ${fallback}`).sort();

  it.each(answering)('of $name are the rows of its README’s environment table', ({ root, tags }) => {
    const told = tableRows(readText(`${root}/README.md`));
    const read = settingsOf(root).map(plainRow);
    if (tags.includes('type:app')) expect(facts(told)).toEqual(facts(read));
    else
      expect(told.map(({ variable }) => variable).sort()).toEqual(
        read.map(({ variable }) => variable).sort(),
      );
  });

  it.each(apps)('of $name are all in its example.env, and nothing else is', ({ root }) => {
    const named = exampleVariables(readText(`${root}/example.env`));
    expect(named.sort()).toEqual(
      settingsOf(root)
        .map(({ variable }) => variable)
        .sort(),
    );
  });
});
