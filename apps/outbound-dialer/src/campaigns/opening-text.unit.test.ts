import { openingTextFor, personOf, saysSomething } from './opening-text';

it.each([
  ['Dana Cohen', 'Dana'],
  ['Cohen, Dana', 'Dana'],
  ['  נועה  לוי ', 'נועה'],
  ['Cher', 'Cher'],
  ['', ''],
  ['Cohen,', ''],
])('takes from the name %j the first name %j', (name, firstName) =>
  expect(personOf(name).first_name).toBe(firstName),
);

it('words the opening for a person, and for one without a name', () => {
  const line = 'Hello {first_name}, this is the clinic';
  expect(openingTextFor(line, 'Cohen, Dana')).toBe('Hello Dana, this is the clinic');
  expect(openingTextFor(line, '')).toBe('Hello, this is the clinic');
});

it('knows a line that says nothing without a name', () => {
  expect(['{first_name}!', ' {name} ', 'Hello {first_name}', 'שלום'].map(saysSomething)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
