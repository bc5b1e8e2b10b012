import { type ContactFacts, mayDial } from './may-dial';

const campaign = { time_zone: 'UTC', hours_from: '09:00', hours_to: '20:00', max_attempts_per_day: 2 };
const contact: ContactFacts = {
  consent: true,
  contact_time_zone: null,
  contact_country: null,
  contact_number: '+80012345678', // of no country
  is_on_do_not_call: false,
  asked_lately: [],
};
const noon = new Date('2026-01-10T12:00:00Z');

it('lets a contact be called within the hours of the campaign’s zone, or of its own', () => {
  expect(mayDial(contact, campaign, noon)).toEqual({ kind: 'dial' });
  expect(mayDial({ ...contact, contact_time_zone: 'America/Los_Angeles' }, campaign, noon)).toEqual({
    kind: 'later',
    because: 'outside-hours',
    reason: 'outside calling hours',
    dueAt: new Date('2026-01-10T17:00:00Z'),
  });
});

it('takes the zones of the number’s country where the contact names none, and its own where it does', () => {
  const early = new Date('2026-01-10T08:00:00Z'); // 10:00 in Jerusalem
  expect(mayDial({ ...contact, contact_country: 'IL' }, campaign, early).kind).toBe('dial');
  expect(mayDial({ ...contact, contact_country: 'GB' }, campaign, early).kind).toBe('later');
  // Noon in New York is the small hours in Hawaii, and a mobile number may be in either.
  expect(
    mayDial({ ...contact, contact_country: 'US' }, campaign, new Date('2026-01-10T17:00:00Z')),
  ).toMatchObject({
    kind: 'later',
    dueAt: new Date('2026-01-10T19:00:00Z'),
  });
  const own = { ...contact, contact_country: 'US', contact_time_zone: 'America/New_York' };
  expect(mayDial(own, campaign, new Date('2026-01-10T17:00:00Z')).kind).toBe('dial');
});

/** Of the calling code 1, and of none of its area codes that are known. */
const somewhere = { ...contact, contact_number: '+12390000000' };

it.each(['2026-01-10', '2026-07-10'])(
  'calls a number that does not tell which of the countries of its calling code it is of by the main one’s zones: %s',
  (day) => {
    const israeli = { ...campaign, time_zone: 'Asia/Jerusalem' };
    expect(mayDial(somewhere, israeli, new Date(`${day}T12:00:00Z`))).toMatchObject({
      kind: 'later',
      dueAt: new Date(`${day}T19:00:00Z`), // nine in Honolulu
    });
    expect(mayDial(somewhere, israeli, new Date(`${day}T19:00:00Z`)).kind).toBe('dial');
  },
);

it('holds the hours of the campaign’s zone too, where the campaign is in one of those countries', () => {
  const evening = new Date('2026-01-10T23:45:00Z'); // 18:45 in New York, 20:15 in Newfoundland
  expect(mayDial(somewhere, { ...campaign, time_zone: 'Asia/Jerusalem' }, evening).kind).toBe('dial');
  expect(mayDial(somewhere, { ...campaign, time_zone: 'America/St_Johns' }, evening).kind).toBe('later');
  const known = { ...somewhere, contact_time_zone: 'America/Toronto' };
  expect(mayDial(known, { ...campaign, time_zone: 'America/St_Johns' }, evening).kind).toBe('dial');
});

it('finds the country in the number where the upload of an earlier release stored none', () => {
  const early = new Date('2026-01-10T08:00:00Z'); // 10:00 in Jerusalem
  expect(mayDial({ ...contact, contact_number: '+972501234567' }, campaign, early).kind).toBe('dial');
});

it('skips a number whose zones leave no common hour, and says what to do', () => {
  const verdict = mayDial({ ...contact, contact_country: 'US' }, { ...campaign, hours_to: '10:00' }, noon);
  expect(verdict).toMatchObject({ kind: 'never', outcome: 'outside-hours' });
  expect(verdict).toHaveProperty('reason', expect.stringContaining('time zone'));
});

it('puts off by an hour a number whose time zone is unknown here, and says which: another worker may know it', () => {
  expect(mayDial({ ...contact, contact_time_zone: 'Mars/Olympus' }, campaign, noon)).toEqual({
    kind: 'later',
    because: 'outside-hours',
    reason: 'the time zone "Mars/Olympus" is unknown here',
    dueAt: new Date('2026-01-10T13:00:00Z'),
  });
});

it('has a campaign paused whose own time zone is unknown here, once a contact needs it', () => {
  const martian = { ...campaign, time_zone: 'Mars/Olympus' };
  expect(mayDial(contact, martian, noon)).toEqual({
    kind: 'pause',
    reason: 'the time zone "Mars/Olympus" of the campaign is unknown here',
  });
  expect(mayDial({ ...contact, contact_time_zone: 'UTC' }, martian, noon)).toEqual({ kind: 'dial' });
});

it('calls a number so often a day as the campaign allows, counted on the contact’s calendar', () => {
  const asked = [new Date('2026-01-10T09:00:00Z'), new Date('2026-01-10T10:00:00Z')];
  expect(mayDial({ ...contact, asked_lately: asked }, campaign, noon)).toEqual({
    kind: 'later',
    because: 'attempts-per-day',
    reason: 'called often enough today',
    dueAt: new Date('2026-01-11T09:00:00Z'),
  });
  expect(mayDial({ ...contact, asked_lately: asked.slice(1) }, campaign, noon).kind).toBe('dial');
  const yesterday = [new Date('2026-01-09T19:00:00Z'), new Date('2026-01-09T19:30:00Z')];
  expect(mayDial({ ...contact, asked_lately: yesterday }, campaign, noon).kind).toBe('dial');
});

it('never calls who is on the do-not-call list or gave no consent, whatever the hour', () => {
  const night = new Date('2026-01-10T02:00:00Z');
  expect(mayDial({ ...contact, is_on_do_not_call: true, consent: false }, campaign, night)).toMatchObject({
    kind: 'never',
    outcome: 'do-not-call',
  });
  expect(mayDial({ ...contact, consent: false }, campaign, noon)).toMatchObject({ outcome: 'no-consent' });
});
