import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const workspaceRoot = join(__dirname, '../../..');
const readText = (path: string): string => readFileSync(join(workspaceRoot, path), 'utf8');

/** Documents of the tree; what begins with a dot, and what tools make, holds none of ours. */
const documentsIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || ['node_modules', 'dist', 'coverage'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return documentsIn(path);
    return entry.name.endsWith('.md') ? [relative(workspaceRoot, path)] : [];
  });
const documents = documentsIn(workspaceRoot);

/** Relative targets of `[text](target)`, without anchors. */
const linksOf = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.split('#')[0]!)
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));

/** Short names that a document gives to folders: "`gateway` stands for `apps/media-gateway/src`". */
const aliasesOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/`(\w+)`\s+(?:stands\s+)?for\s+`([\w/-]+)`/g)].map((match) => [match[1]!, match[2]!]),
  );

/** Paths of the tree in code marks; patterns such as `apps/<app>` or `tools/*` name none. */
const pathsOf = (text: string): string[] => {
  const aliases = aliasesOf(text);
  return [...text.matchAll(/`(\w+)\/([\w@./-]+)`/g)].flatMap(([, first = '', rest = '']) => {
    if (['apps', 'libs', 'tools', 'deploy', 'docs'].includes(first)) return [`${first}/${rest}`];
    const folder = aliases.get(first);
    return folder ? [`${folder}/${rest}`] : [];
  });
};

describe('documents', () => {
  it('link only to what exists', () => {
    const broken = documents.flatMap((path) =>
      linksOf(readText(path))
        .filter((target) => !existsSync(join(workspaceRoot, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name only files and folders that exist', () => {
    const gone = documents.flatMap((path) =>
      pathsOf(readText(path))
        .filter((target) => !existsSync(join(workspaceRoot, target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(gone).toEqual([]);
  });
});
