import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './workspace';

export interface SettingRow {
  readonly variable: string;
  readonly fallback: string;
  readonly description: string;
}

/** The variables an executable reads, told by its bundle. */
export const settingsOf = (root: string): SettingRow[] => {
  const bundle = join(workspaceRoot, 'dist', root, 'main.js');
  if (!existsSync(bundle)) throw new Error(`${root} is not built: node tools/build-app.mjs ${root}`);
  const answer = execFileSync(process.execPath, [bundle, 'settings'], { env: {}, encoding: 'utf8' });
  return (JSON.parse(answer) as { settings: SettingRow[] }).settings.map(
    ({ variable, fallback, description }) => ({ variable, fallback, description }),
  );
};

/** Without what Markdown and its formatter add: padding, escapes, code marks. */
const plain = (cell: string): string => cell.replace(/[\\`]/g, '').replace(/\s+/g, ' ').trim();

/** Rows of the environment table of a README: those whose first cell is a variable's name. */
export const tableRows = (readme: string): SettingRow[] =>
  readme
    .split('\n')
    .filter((line) => /^\|\s*`[A-Z][A-Z0-9_]+`\s*\|/.test(line))
    .map((line) => {
      const [variable, fallback, description] = line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map(plain);
      return { variable: variable ?? '', fallback: fallback ?? '', description: description ?? '' };
    });

/** A row as the README must show it. */
export const plainRow = ({ variable, fallback, description }: SettingRow): SettingRow => ({
  variable,
  fallback: plain(fallback),
  description: plain(description),
});

/** Variables of an example file, set or commented out. */
export const exampleVariables = (text: string): string[] =>
  [...text.matchAll(/^(?:# ?)?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]!);
