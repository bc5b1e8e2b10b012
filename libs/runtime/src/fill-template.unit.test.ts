import { fillTemplate, hasPlaceholders } from './fill-template';

describe('a template', () => {
  it.each([
    ['Hello {first_name}, this is Dana', { first_name: 'Noa' }, 'Hello Noa, this is Dana'],
    ['Hello {first_name}, this is Dana', {}, 'Hello, this is Dana'],
    ['Hello, {first_name}!', { first_name: ' ' }, 'Hello!'],
    ['שלום {first_name}, מדברת דנה', { first_name: 'נועה' }, 'שלום נועה, מדברת דנה'],
    ['Hello {First_Name} {last_name}', { First_Name: 'A', last_name: 'B' }, 'Hello A B'],
    ['Hello {first_name}', { first_name: '{last_name}', last_name: 'X' }, 'Hello {last_name}'],
    ['Hello {constructor}', {}, 'Hello'],
    ['Sets like {1, 2} stay', {}, 'Sets like {1, 2} stay'],
  ])('of %j for %j is %j', (template, values, text) => expect(fillTemplate(template, values)).toBe(text));
});

it.each([
  ['Hello {first_name}', true],
  ['Sets like {1, 2} stay', false],
  ['Hello', false],
])('%j has placeholders: %j', (template, has) => {
  expect(hasPlaceholders(template)).toBe(has);
  expect(hasPlaceholders(template)).toBe(has); // nothing is remembered
});
