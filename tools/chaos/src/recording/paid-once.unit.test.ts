import { paidOnceFigures } from './paid-once';

const request = (text: string, atMs: number) => ({ kind: 'transcription', status: 200, text, atMs });
const kill = (atMs: number) => ({ atMs, pid: 1, backAtMs: null });
const values = (...args: Parameters<typeof paidOnceFigures>): Record<string, unknown> =>
  Object.fromEntries(paidOnceFigures(...args).map(({ figure, value }) => [figure, value]));

it('ties a repeated payment to the kill between the two, and shows one that no kill explains', () => {
  const paid = [request('a', 1000), request('b', 2000), request('a', 9000), request('b', 2500)];
  expect(values(paid, [], [kill(5000)])).toMatchObject({
    'of these repeated': 2,
    'paid again without a kill': 1,
  });
  expect(values(paid.slice(0, 2), [], [])).toMatchObject({ 'of these repeated': 0 });
});

it('counts what was refused or held nothing as no payment', () => {
  const refused = { ...request('a', 1), status: 500 };
  expect(values([refused, request('', 2), request('a', 3)], [], [])).toMatchObject({
    'paid transcriptions, two channels a recording': 1,
    'of these repeated': 0,
  });
});

it('shows a recording that was downloaded twice', () => {
  const downloads = [
    { recordingSid: 'RE1', atMs: 1 },
    { recordingSid: 'RE1', atMs: 900 },
  ];
  expect(values([], downloads, [])).toMatchObject({ 'downloaded again without a kill': 1 });
  expect(values([], downloads, [kill(400)])).toMatchObject({ 'downloaded again without a kill': 0 });
});
