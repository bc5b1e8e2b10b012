import { parseArguments } from './arguments';

it.each([
  [['start'], { name: 'start', live: undefined }],
  [['start', '--live'], { name: 'start', live: { call: undefined } }],
  [
    ['start', '--live', '--call', '+972501234567', '--from', '+97231234567'],
    { name: 'start', live: { call: { from: '+97231234567', to: '+972501234567' } } },
  ],
  [['demo'], { name: 'demo', jsonFile: undefined, callerFile: undefined }],
  [['demo', '--json'], { name: 'demo', jsonFile: '-', callerFile: undefined }],
  [['demo', '--json', 'out.json'], { name: 'demo', jsonFile: 'out.json', callerFile: undefined }],
  [['demo', '--json', '--caller', 'me.wav'], { name: 'demo', jsonFile: '-', callerFile: 'me.wav' }],
  [['demo', '--caller', 'me.wav', '--json', '-'], { name: 'demo', jsonFile: '-', callerFile: 'me.wav' }],
  [['--help'], { name: 'help' }],
])('reads %j', (args, command) => expect(parseArguments(args)).toEqual(command));

it.each([
  [['start', '--fast'], 'npm start takes no "--fast"'],
  [['start', '--live', '--fast'], 'npm start -- --live takes no "--fast"'],
  [['start', '--live', '--call'], '--call needs a number such as +972501234567'],
  [['start', '--live', '--call', '0501234567'], '--call needs a number'],
  [['start', '--live', '--call', '+972501234567'], '--from and --call go together'],
  [['demo', '--jsn'], 'npm run demo knows no "--jsn"'],
  [['demo', '--caller'], '--caller needs a WAV file'],
  [['stop'], 'there is no command "stop": start and demo are'],
])('refuses %j in one line', (args, message) => expect(() => parseArguments(args)).toThrow(message));
