import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const source = join(__dirname, '..');

/** Ways to fetch something over HTTP. */
const FETCHING = /\bfetch\(|from '(node:https?|undici|axios|got)'|\brequest\(/;

describe('recordings', () => {
  it('are downloaded by one module only, and only getRecordingFile uses it (RE2)', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const matching = (pattern: RegExp): string[] =>
      files.filter((name) => pattern.test(withoutComments(readFileSync(join(source, name), 'utf8'))));
    expect(matching(FETCHING)).toEqual([relative(source, join(__dirname, 'download.ts'))]);
    expect(matching(/from '.*\/download'/)).toEqual([
      relative(source, join(__dirname, 'recording-files.ts')),
    ]);
  });
});

/** Comments and imports of types fetch nothing. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/^import \{( type \w+,?)+ \} from .*$/gm, '');
