import { type PreviewGroup } from '../store/queries/preview-groups';
import { previewOf } from './preview';

const rules = { time_zone: 'UTC', hours_from: '09:00', hours_to: '20:00', max_attempts_per_day: 1 };
const noon = new Date('2026-01-10T12:00:00Z');
const group = (contacts: number, over: Partial<PreviewGroup> = {}): PreviewGroup => ({
  contact_time_zone: null,
  contact_country: null,
  contact_number: null,
  consent: true,
  is_on_do_not_call: false,
  asked_lately: [],
  contacts,
  ...over,
});

async function* pagesOf(...pages: PreviewGroup[][]): AsyncGenerator<PreviewGroup[]> {
  for (const page of pages) yield await Promise.resolve(page);
}

it('says before the start who is called now or later, and who never and why', async () => {
  const groups = [
    group(5),
    group(2, { is_on_do_not_call: true }),
    group(1, { consent: false }),
    group(3, { contact_time_zone: 'Asia/Tokyo' }),
    group(4, { asked_lately: [new Date('2026-01-10T09:30:00Z')] }),
  ];
  expect(await previewOf(pagesOf(groups.slice(0, 2), groups.slice(2), []), rules, noon)).toEqual({
    contacts: 15,
    now: 5,
    later: [
      { reason: 'outside-hours', contacts: 3 },
      { reason: 'attempts-per-day', contacts: 4 },
    ],
    skipped: [
      { reason: 'do-not-call', contacts: 2 },
      { reason: 'no-consent', contacts: 1 },
    ],
    summary: '3 of 15 will be skipped because: on the do-not-call list (2), no consent (1)',
  });
  const { summary } = await previewOf(pagesOf([group(2)]), rules, noon);
  expect(summary).toBe('None of 2 will be skipped');
});

it('counts those as called later of whose time zone nobody knows here what the hour is', async () => {
  const groups = [group(2, { contact_time_zone: 'Mars/Olympus' }), group(3)];
  expect(await previewOf(pagesOf(groups), { ...rules, time_zone: 'Mars/Arsia' }, noon)).toMatchObject({
    now: 0,
    later: [{ reason: 'outside-hours', contacts: 5 }],
    skipped: [],
  });
});

it('lets others have their turn while it decides about many', async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  const [, ...times] = Array.from({ length: 1001 }, (_, hour) => new Date(noon.getTime() - hour * 1000));
  const many = times.map((at) => group(1, { asked_lately: [at] }));
  expect((await previewOf(pagesOf(many), rules, noon)).contacts).toBe(1000);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});
