import { type Random } from './random';

/** Values that have broken programs before. */
const oddities: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_993,
  '',
  ' ',
  'null',
  '-1',
  '0x10',
  '1e9',
  '٣',
  '\u0000',
  '\ud800',
  'שלום\u202e',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '%s%n${7*7}<script>',
  'A'.repeat(3000),
  [],
  {},
  [[[[[[]]]]]],
  { toString: null },
];

/** The value with one thing in it wrong: a field gone, of another type, huge, doubled, renamed or moved. */
export const mutateJson = (random: Random, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return random.pick(oddities);
  if (Array.isArray(value))
    return value.map((item) => (random.chance(0.5) ? mutateJson(random, item) : item));
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields);
  const name = random.pick(names);
  if (name === undefined) return random.pick(oddities);
  const rest = Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
  switch (random.int(5)) {
    case 0:
      return rest;
    case 1:
      return { ...rest, [`${name}${random.pick(['', 's', '_', '\u0000'])}`]: fields[name] };
    case 2:
      return { ...value, [random.pick(['extra', '__proto__', 'event', 'toString'])]: random.pick(oddities) };
    default:
      return { ...rest, [name]: mutateJson(random, fields[name]) };
  }
};

/** The text with some of it wrong: cut, doubled, spaced, or with other characters in it. */
export const mutateText = (random: Random, text: string): string => {
  const at = random.int(text.length + 1);
  switch (random.int(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return (
        text.slice(0, at) +
        random.pick(['"', '\\', '}', '{', '\u0000', 'ש', '\\u0041', '\n']) +
        text.slice(at)
      );
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random.int(8));
    case 3:
      return text + text;
    case 4:
      return text.replace(/"(\w+)":/, (_, name: string) => `"${name}":7,"${name}":`);
    default:
      return text.replaceAll('":', '" :\t');
  }
};
