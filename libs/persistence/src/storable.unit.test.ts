import { storable } from './storable';

describe('storable', () => {
  it('replaces what PostgreSQL cannot keep, however deep it lies, and leaves the rest as it was', () => {
    const date = new Date();
    expect(
      storable({
        said: 'a\u0000b',
        list: ['\ud83d', '\ude00', '\ud83d\ude00', 1, null, date],
        ['k\u0000']: true,
      }),
    ).toEqual({
      said: 'a\ufffdb',
      list: ['\ufffd', '\ufffd', '\ud83d\ude00', 1, null, date],
      'k\ufffd': true,
    });
  });
});
