import { mayDial } from './may-dial';

const campaign = { time_zone: 'UTC', hours_from: '09:00', hours_to: '20:00' };
const contact = { consent: true, contact_time_zone: null, is_on_do_not_call: false };
const noon = new Date('2026-01-10T12:00:00Z');

it('lets a contact be called within the hours of the campaign’s zone, or of its own', () => {
  expect(mayDial(contact, campaign, noon)).toEqual({ kind: 'dial' });
  expect(mayDial({ ...contact, contact_time_zone: 'America/Los_Angeles' }, campaign, noon)).toEqual({
    kind: 'later',
    dueAt: new Date('2026-01-10T17:00:00Z'),
  });
});

it('never calls who is on the do-not-call list or gave no consent, whatever the hour', () => {
  const night = new Date('2026-01-10T02:00:00Z');
  expect(mayDial({ ...contact, is_on_do_not_call: true, consent: false }, campaign, night)).toMatchObject({
    kind: 'never',
    outcome: 'do-not-call',
  });
  expect(mayDial({ ...contact, consent: false }, campaign, noon)).toMatchObject({ outcome: 'no-consent' });
});
