import { paidOnceFigures } from './paid-once';

const request = (text: string, atMs: number) => ({ kind: 'transcription', status: 200, text, atMs });
const kill = (atMs: number) => ({ atMs, pid: 1, backAtMs: null });
type Given = Parameters<typeof paidOnceFigures>;
const values = (
  paid: Given[0],
  downloads: Given[1],
  kills: Given[2],
  repeatsBooked: number,
): Record<string, unknown> =>
  Object.fromEntries(
    paidOnceFigures(paid, downloads, kills, { sides: 2, repeatsBooked }).map(({ figure, value }) => [
      figure,
      value,
    ]),
  );

it('ties a repeated payment to the kill between the two, and shows one that no kill explains', () => {
  const paid = [request('a', 1000), request('b', 2000), request('a', 9000), request('b', 2500)];
  expect(values(paid, [], [kill(5000)], 2)).toMatchObject({
    'of these repeated': 2,
    'paid again without a kill': 1,
  });
  expect(values(paid.slice(0, 2), [], [], 0)).toMatchObject({ 'of these repeated': 0 });
});

it('lets one kill explain one repeat of each text', () => {
  const paid = ['a', 'b', 'a', 'b', 'a'].map((text, index) => request(text, 1000 + index * 100));
  expect(values(paid, [], [kill(1150)], 3)).toMatchObject({
    'of these repeated': 3,
    'paid again without a kill': 1,
  });
});

it('holds what was paid again against the books of the service, which may count too many but none too few', () => {
  const paid = [request('a', 1000), request('a', 9000), request('a', 12_000)];
  const kills = [kill(5000), kill(10_000)];
  expect(values(paid, [], kills, 1)).toMatchObject({ 'paid and in no book': 1 });
  expect(values(paid, [], kills, 2)).toMatchObject({ 'paid and in no book': 0 });
  expect(values(paid, [], kills, 3)).toMatchObject({ 'paid and in no book': 0 });
});

it('counts what was refused or held nothing as no payment', () => {
  const refused = { ...request('a', 1), status: 500 };
  expect(values([refused, request('', 2), request('a', 3)], [], [], 0)).toMatchObject({
    'paid transcriptions': 1,
    'of these repeated': 0,
  });
});

it('shows a recording that was downloaded twice', () => {
  const downloads = [
    { recordingSid: 'RE1', atMs: 1 },
    { recordingSid: 'RE1', atMs: 900 },
  ];
  expect(values([], downloads, [], 0)).toMatchObject({ 'downloaded again without a kill': 1 });
  expect(values([], downloads, [kill(400)], 0)).toMatchObject({ 'downloaded again without a kill': 0 });
});

it('counts what was paid for the first time against the sides there were', () => {
  const figures = paidOnceFigures([request('a', 1), request('a', 9)], [], [kill(5)], {
    sides: 2,
    repeatsBooked: 1,
  });
  expect(figures).toContainEqual(
    expect.objectContaining({
      figure: 'the others: one for each side of a recording',
      value: 1,
      goal: '2',
      ok: false,
    }),
  );
});
