import { expectedRevision } from './entity-tag';

const allows = (header: string | undefined, revision: number): boolean =>
  expectedRevision({ headers: header === undefined ? {} : { 'if-match': header } })(revision);

describe('If-Match', () => {
  it.each([
    [undefined, true],
    ['*', true],
    ['"7"', true],
    ['"3", "7"', true],
    ['"8"', false],
    ['7', false],
    ['W/"7"', false],
    ['', false],
  ])('%j allows revision 7 to be replaced: %s', (header, allowed) => {
    expect(allows(header, 7)).toBe(allowed);
  });
});
