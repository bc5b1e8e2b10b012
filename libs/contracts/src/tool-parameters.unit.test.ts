import { businessProfileInputSchema } from './api/greeting';
import { toolParameterProblems } from './tool-parameters';

const booking = {
  type: 'object',
  properties: {
    day: { type: 'string', format: 'date', description: 'Day of the visit' },
    people: { type: 'integer', minimum: 1, maximum: 20 },
    where: { anyOf: [{ const: 'inside' }, { enum: ['garden', 'bar'] }] },
    names: { type: 'array', items: { type: ['string', 'null'], maxLength: 80 }, maxItems: 20 },
  },
  required: ['day'],
  additionalProperties: false,
};

describe('the parameters of a business’s tool', () => {
  it('may be objects of the usual types, nested', () => {
    expect(toolParameterProblems(booking)).toEqual([]);
    expect(toolParameterProblems({ type: 'object' })).toEqual([]);
  });

  it.each([
    ['no object', { type: 'string' }, /type": "object/],
    ['nothing', undefined, /./],
    ['a regular expression', { type: 'object', properties: { a: { pattern: '(a+)+$' } } }, /pattern/],
    ['a reference', { type: 'object', properties: { a: { $ref: 'https://evil.example' } } }, /\$ref/],
    ['an unknown type', { type: 'object', properties: { a: { type: 'date' } } }, /./],
    ['more than 8000 characters', { type: 'object', description: 'x'.repeat(9000) }, /8000/],
  ])('may not hold %s', (_what, parameters, message) => {
    expect(
      toolParameterProblems(parameters)
        .map((problem) => problem.message)
        .join(),
    ).toMatch(message);
  });

  it('may not nest deeper than 8 levels, however deep', () => {
    let deep: Record<string, unknown> = { type: 'object' };
    for (let level = 0; level < 50_000; level++) deep = { type: 'object', properties: { a: deep } };
    expect(toolParameterProblems(deep)).toEqual([{ path: [], message: 'nest deeper than 8 levels' }]);
  });
});

describe('a business profile', () => {
  const tool = (name: string, url = 'https://crm.example/book') => ({
    name,
    description: 'Books a table',
    url,
    parameters: booking,
  });
  const parse = (change: object) =>
    businessProfileInputSchema.safeParse({
      name: 'Luna',
      phoneNumbers: [],
      greetingText: 'hello',
      ...change,
    });
  const places = (change: object) => parse(change).error?.issues.map(({ path }) => path.join('.'));

  it('waits 10 s for a silent caller, asks, and waits 15 s more, unless it says otherwise', () => {
    expect(parse({}).data).toMatchObject({
      silentCaller: { askAfterMs: 10_000, endAfterMs: 15_000 },
      optOutKey: null,
    });
    expect(parse({ silentCaller: null }).data?.silentCaller).toBeNull();
    expect(parse({ silentCaller: { askAfterMs: 4000 } }).data?.silentCaller).toEqual({
      askAfterMs: 4000,
      endAfterMs: 15_000,
    });
  });

  it('refuses tools of one name, of a built-in one’s name, without https or with parameters that do not fit', () => {
    expect(parse({ tools: [tool('book'), tool('cancel_booking')] }).success).toBe(true);
    expect(places({ tools: [tool('book'), tool('book')] })).toEqual(['tools.1.name']);
    expect(places({ tools: [tool('end_call')] })).toEqual(['tools.0.name']);
    expect(places({ tools: [tool('book', 'http://crm.example/')] })).toEqual(['tools.0.url']);
    expect(places({ tools: [tool('book', 'https://user:secret@crm.example/')] })).toEqual(['tools.0.url']);
    expect(places({ tools: [{ ...tool('book'), parameters: { type: 'object', $ref: '#' } }] })).toEqual([
      'tools.0.parameters',
    ]);
  });
});
