import { parseRunArguments } from './arguments';

const known = { runs: ['gateway', 'gateway-soak'], numbers: ['minutes'] };
const nothing = {
  names: [],
  jsonFile: undefined,
  isChecked: false,
  isSmall: false,
  numbers: {},
  wantsHelp: false,
};

it.each([
  [[], nothing],
  [['gateway', '--small', '--check'], { ...nothing, names: ['gateway'], isSmall: true, isChecked: true }],
  [['--json'], { ...nothing, jsonFile: '-' }],
  [['--json', 'out.json', 'gateway'], { ...nothing, jsonFile: 'out.json', names: ['gateway'] }],
  [['--json', 'gateway'], { ...nothing, jsonFile: '-', names: ['gateway'] }],
  [['gateway-soak', '--minutes', '2.5'], { ...nothing, names: ['gateway-soak'], numbers: { minutes: 2.5 } }],
  [['--help'], { ...nothing, wantsHelp: true }],
])('reads %j', (args, asked) => expect(parseRunArguments(args, known)).toEqual(asked));

it.each([
  [['gatewy'], 'there is no "gatewy": gateway, gateway-soak, --json, --check, --small'],
  [['--minutes'], '--minutes needs a number'],
  [['--minutes', 'ten'], '--minutes needs a number'],
])('refuses %j in one line', (args, message) =>
  expect(() => parseRunArguments(args, known)).toThrow(message),
);
