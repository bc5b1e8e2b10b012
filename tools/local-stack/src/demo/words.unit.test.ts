import { heardAsLogged } from './words';

const heard = [
  { text: 'upon', ok: true },
  { text: 'a', ok: true },
  { text: 'ti', ok: false },
  { text: 'you', ok: true },
];

it.each([[['upon', 'a', 'time', 'you']], [['upon', 'a', 'you']]])(
  'counts a word that was cut as the log %j has it',
  (logged) => expect(heardAsLogged(heard, logged)).toEqual(logged),
);

it('adds no word that was not heard', () =>
  expect(heardAsLogged(heard, ['upon', 'a', 'time', 'there'])).toEqual(['upon', 'a', 'time', 'you']));
