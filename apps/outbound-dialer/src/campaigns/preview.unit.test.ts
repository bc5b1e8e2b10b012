import { type PreviewGroup } from '../store/queries/preview-groups';
import { previewOf } from './preview';

const rules = { time_zone: 'UTC', hours_from: '09:00', hours_to: '20:00', max_attempts_per_day: 1 };
const noon = new Date('2026-01-10T12:00:00Z');
const group = (contacts: number, over: Partial<PreviewGroup> = {}): PreviewGroup => ({
  contact_time_zone: null,
  contact_country: null,
  consent: true,
  is_on_do_not_call: false,
  asked_lately: [],
  contacts,
  ...over,
});

it('says before the start who is called now or later, and who never and why', () => {
  const groups = [
    group(5),
    group(2, { is_on_do_not_call: true }),
    group(1, { consent: false }),
    group(3, { contact_time_zone: 'Asia/Tokyo' }),
    group(4, { asked_lately: [new Date('2026-01-10T09:30:00Z')] }),
  ];
  expect(previewOf(groups, rules, noon)).toEqual({
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
  expect(previewOf([group(2)], rules, noon).summary).toBe('None of 2 will be skipped');
});
