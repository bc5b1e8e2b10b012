import { allContacts } from './all-contacts';

it('reads the contacts of a campaign to the last page', async () => {
  const pages: Record<string, { contacts: unknown[]; next: string | null }> = {
    first: { contacts: ['a', 'b'], next: 'b' },
    b: { contacts: ['c', 'd'], next: 'd' },
    d: { contacts: ['e'], next: null },
  };
  const call = jest.fn((_endpoint: unknown, { query }: { query: { after?: string } }) =>
    Promise.resolve(pages[query.after ?? 'first']),
  );
  expect(await allContacts({ call } as never, 'campaign')).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(call).toHaveBeenCalledTimes(3);
});
