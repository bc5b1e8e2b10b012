import { type ContactFacts, mayDial } from './may-dial';

const campaign = { time_zone: 'UTC', hours_from: '09:00', hours_to: '20:00', max_attempts_per_day: 2 };
const contact: ContactFacts = {
  consent: true,
  contact_time_zone: null,
  contact_country: null,
  is_on_do_not_call: false,
  asked_lately: [],
};
const noon = new Date('2026-01-10T12:00:00Z');

it('lets a contact be called within the hours of the campaign’s zone, or of its own', () => {
  expect(mayDial(contact, campaign, noon)).toEqual({ kind: 'dial' });
  expect(mayDial({ ...contact, contact_time_zone: 'America/Los_Angeles' }, campaign, noon)).toEqual({
    kind: 'later',
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

it('takes the zones of all countries that share the calling code of a number which does not tell more', () => {
  const somewhere = { ...contact, contact_country: '+1' };
  // From Guam to Newfoundland: half an hour a day.
  expect(mayDial(somewhere, { ...campaign, time_zone: 'Asia/Jerusalem' }, noon)).toMatchObject({
    kind: 'later',
    dueAt: new Date('2026-01-10T23:00:00Z'),
  });
  const known = { ...somewhere, contact_time_zone: 'America/Toronto' };
  expect(mayDial(known, campaign, new Date('2026-01-10T17:00:00Z')).kind).toBe('dial');
});

it('skips a number whose zones leave no common hour, and says what to do', () => {
  const verdict = mayDial({ ...contact, contact_country: 'US' }, { ...campaign, hours_to: '10:00' }, noon);
  expect(verdict).toMatchObject({ kind: 'never', outcome: 'outside-hours' });
  expect(verdict).toHaveProperty('reason', expect.stringContaining('time zone'));
});

it('never calls a number whose time zone is unknown here, and says which', () => {
  expect(mayDial({ ...contact, contact_time_zone: 'Mars/Olympus' }, campaign, noon)).toEqual({
    kind: 'never',
    outcome: 'outside-hours',
    reason: 'the time zone "Mars/Olympus" is unknown here',
  });
});

it('calls a number so often a day as the campaign allows, counted on the contact’s calendar', () => {
  const asked = [new Date('2026-01-10T09:00:00Z'), new Date('2026-01-10T10:00:00Z')];
  expect(mayDial({ ...contact, asked_lately: asked }, campaign, noon)).toEqual({
    kind: 'later',
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
