import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const source = join(__dirname, '..');

/** Ways to fetch something over HTTP. */
const FETCHING = /\bfetch\(|from '(node:https?|undici|axios|got)'|\brequest\(/;

describe('recordings', () => {
  it('are fetched from Twilio and from the shared store by one module each, which only getRecordingFile uses (RE2)', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
    );
    const matching = (pattern: RegExp): string[] =>
      files.filter((name) => pattern.test(withoutComments(readFileSync(join(source, name), 'utf8'))));
    const here = (...names: string[]): string[] =>
      names.map((name) => relative(source, join(__dirname, name)));
    expect(matching(FETCHING)).toEqual(here('download.ts', 'shared-store.ts'));
    expect(matching(/from '.*\/download'|\.fetchTo\(/)).toEqual(here('recording-files.ts'));
  });
});

/** Comments and imports of types fetch nothing. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').replace(/^import \{( type \w+,?)+ \} from .*$/gm, '');
