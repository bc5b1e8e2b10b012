import { requestOpenings } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { OpeningLines } from '../src/campaigns/opening-lines';
import { previewGroups } from '../src/store/queries/preview-groups';
import { database, events, rows, running, scheduler, states } from './dialer-store';

const KEY = 'a'.repeat(64);
interface Asked {
  template: string;
  people: Record<string, string>[];
}

/** A greeting-service that has what `isReady` says. */
const openingsOf = (isReady: (person: Record<string, string>) => boolean) => {
  const asked: Asked[] = [];
  const greeting = {
    call: (endpoint: unknown, { body }: { body: Asked }) => {
      expect(endpoint).toBe(requestOpenings);
      asked.push(body);
      const openings = body.people.map((person) => ({
        key: KEY,
        text: `for ${person.first_name}`,
        ready: isReady(person),
      }));
      return Promise.resolve({ openings });
    },
  } as unknown as ServiceClient;
  const lines = new OpeningLines({
    database,
    greeting,
    events,
    accountCallsPerSecond: 1,
    openingWaitMs: 10_000,
  });
  return { asked, lines };
};
const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `+9725011200${10 + n}`);
const personal = { openingLine: 'Hello {first_name}, this is Dana' };
const name = (sql: string): Promise<unknown> => rows(`UPDATE contacts SET name = ${sql}`);

it('asks for the openings of those next in line only, and again for those that are not there yet', async () => {
  await running(numbers(40), undefined, personal);
  await name(`right(number, 2) || ' Levi'`);
  const { asked, lines } = openingsOf(({ first_name: first }) => first !== '11');
  await lines.tick();
  expect(asked.map(({ people }) => people.length)).toEqual([20]);
  const names = asked[0]?.people.map(({ first_name: first }) => first).sort();
  expect([names?.[0], names?.at(-1)]).toEqual(['10', '29']);
  expect(asked[0]?.people).toContainEqual({ first_name: '12', name: '12 Levi' });
  await lines.tick();
  expect(asked).toHaveLength(1); // nobody twice within a second
  await rows(`UPDATE contacts SET opening_try_at = now() WHERE opening_asked_at IS NOT NULL`);
  await lines.tick();
  expect(asked[1]?.people).toEqual([{ first_name: '11', name: '11 Levi' }]);
});

it('calls those whose opening is there, and the others when they have waited', async () => {
  const campaign = await running(numbers(3), undefined, { ...personal, callsPerSecond: 10 });
  await name('right(number, 2)');
  const { lines } = openingsOf(({ first_name: first }) => first === '11');
  const admitted = async (): Promise<string[]> => {
    await scheduler({ openingWaitMs: 10_000 }).tick();
    return states(campaign);
  };
  expect(await admitted()).toEqual(['planned', 'planned', 'planned']);
  await lines.tick();
  expect(await admitted()).toEqual(['planned', 'published', 'planned']);
  await rows(`UPDATE contacts SET opening_asked_at = now() - interval '11 seconds' WHERE number LIKE '%10'`);
  expect(await admitted()).toEqual(['published', 'published', 'planned']);
});

it('asks once for a line that is the same for all', async () => {
  const campaign = await running(numbers(3), undefined, { openingLine: 'Hello, this is Dana' });
  const { asked, lines } = openingsOf(() => true);
  await lines.tick();
  await lines.tick();
  expect(asked).toMatchObject([{ template: 'Hello, this is Dana', people: [{}] }]);
  expect(await rows('SELECT opening_key FROM campaigns WHERE id = $1', [campaign.id])).toEqual([
    { opening_key: KEY },
  ]);
});

it('reads the contacts of a preview page by page, each once', async () => {
  const campaign = await running(numbers(25));
  await rows(`UPDATE contacts SET consent = false WHERE number LIKE '%3'`);
  const pages = [];
  for await (const page of previewGroups(database.dataSource.manager, campaign.id, 10)) pages.push(page);
  const sizes = pages.map((page) => page.reduce((sum, { contacts }) => sum + contacts, 0));
  expect(sizes).toEqual([10, 10, 5]);
  const refused = pages.flat().filter(({ consent }) => !consent);
  expect(refused.reduce((sum, { contacts }) => sum + contacts, 0)).toBe(3);
});

it('tells numbers apart in a preview only where nothing else says where they ring', async () => {
  const campaign = await running(['+12390000000', '+12390000001', ...numbers(3)]);
  const groups = [];
  for await (const page of previewGroups(database.dataSource.manager, campaign.id)) groups.push(...page);
  const told = groups.map((group) => [group.contact_country, group.contact_number, group.contacts]);
  expect(told.sort()).toEqual([
    [null, '+12390000000', 1],
    [null, '+12390000001', 1],
    ['IL', null, 3],
  ]);
});
