import { readJsonOption } from '@frontdesk/run-report';

/** What was asked for on the command line. */
export type Command =
  | { name: 'start' }
  | { name: 'demo'; jsonFile: string | undefined; callerFile: string | undefined }
  | { name: 'help' };

export const usage = `usage:
  npm start                         the whole system on this machine, a demo, then it stays up until Ctrl-C
  npm run demo [-- OPTIONS]         the demo alone, on free ports; exit code 0 only when every step held
    --json [FILE]                   figures as JSON into FILE, or to the terminal with "-" or nothing
                                    (npm run --silent demo -- --json)
    --caller FILE.wav               one more call, in which this recording is what the caller says`;

/** Reads the arguments; throws an Error with one line for people. */
export const parseArguments = (args: readonly string[]): Command => {
  const [name, ...options] = args;
  if (name === 'help' || name === '--help' || name === undefined) return { name: 'help' };
  if (name === 'start') {
    if (options[0]) throw new Error(`npm start takes no "${options[0]}"`);
    return { name: 'start' };
  }
  if (name !== 'demo') throw new Error(`there is no command "${name}": start and demo are`);
  let jsonFile: string | undefined;
  let callerFile: string | undefined;
  for (let index = 0; index < options.length; index++) {
    const option = options[index];
    const next = options[index + 1];
    if (option === '--json') {
      const json = readJsonOption(next);
      jsonFile = json.jsonFile;
      if (json.hasFile) index++;
    } else if (option === '--caller') {
      if (next === undefined) throw new Error('--caller needs a WAV file');
      callerFile = next;
      index++;
    } else if (option === '--help') return { name: 'help' };
    else throw new Error(`npm run demo knows no "${option}"`);
  }
  return { name: 'demo', jsonFile, callerFile };
};
