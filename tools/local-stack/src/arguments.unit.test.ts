import { parseArguments } from './arguments';

it.each([
  [['start'], { name: 'start' }],
  [['demo'], { name: 'demo', jsonFile: undefined, callerFile: undefined }],
  [['demo', '--json'], { name: 'demo', jsonFile: '-', callerFile: undefined }],
  [['demo', '--json', 'out.json'], { name: 'demo', jsonFile: 'out.json', callerFile: undefined }],
  [['demo', '--json', '--caller', 'me.wav'], { name: 'demo', jsonFile: '-', callerFile: 'me.wav' }],
  [['demo', '--caller', 'me.wav', '--json', '-'], { name: 'demo', jsonFile: '-', callerFile: 'me.wav' }],
  [['--help'], { name: 'help' }],
])('reads %j', (args, command) => expect(parseArguments(args)).toEqual(command));

it.each([
  [['start', '--fast'], 'npm start takes no "--fast"'],
  [['demo', '--jsn'], 'npm run demo knows no "--jsn"'],
  [['demo', '--caller'], '--caller needs a WAV file'],
  [['stop'], 'there is no command "stop": start and demo are'],
])('refuses %j in one line', (args, message) => expect(() => parseArguments(args)).toThrow(message));
