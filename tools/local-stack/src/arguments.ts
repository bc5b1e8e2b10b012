import { readJsonOption } from '@frontdesk/run-report';

/** `npm start -- --live`: on real accounts. */
export interface Live {
  /** A call of ours: from this number of the account to this one, which rings. */
  readonly call: { readonly from: string; readonly to: string } | undefined;
}

/** What was asked for on the command line. */
export type Command =
  | { name: 'start'; live: Live | undefined }
  | { name: 'demo'; jsonFile: string | undefined; callerFile: string | undefined }
  | { name: 'help' };

export const usage = `usage:
  npm start                         the whole system on this machine, a demo, then it stays up until Ctrl-C
  npm start -- --live               the same on your own Twilio and OpenAI accounts, without the demo; calls are shown as they end
    --from NUMBER --call NUMBER     from your number at Twilio, have the agent call this phone: it rings
  npm run demo [-- OPTIONS]         the demo alone, on free ports; exit code 0 only when every step held
    --json [FILE]                   figures as JSON into FILE, or to the terminal with "-" or nothing
                                    (npm run --silent demo -- --json)
    --caller FILE.wav               one more call, in which this recording is what the caller says`;

/** Reads the arguments; throws an Error with one line for people. */
export const parseArguments = (args: readonly string[]): Command => {
  const [name, ...options] = args;
  if (name === 'help' || name === '--help' || name === undefined) return { name: 'help' };
  if (name === 'start') {
    return { name: 'start', live: readLive(options) };
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

const E164 = /^\+[1-9]\d{6,14}$/;

const readLive = ([first, ...options]: readonly string[]): Live | undefined => {
  if (first === undefined) return undefined;
  if (first !== '--live') throw new Error(`npm start takes no "${first}"`);
  const numbers = new Map<string, string>();
  for (let index = 0; index < options.length; index += 2) {
    const [option = '', number = ''] = options.slice(index);
    if (option !== '--from' && option !== '--call')
      throw new Error(`npm start -- --live takes no "${option}"`);
    if (!E164.test(number)) throw new Error(`${option} needs a number such as +972501234567`);
    numbers.set(option, number);
  }
  const [from, to] = [numbers.get('--from'), numbers.get('--call')];
  if (from && to) return { call: { from, to } };
  if (from || to)
    throw new Error('--from and --call go together: your number at Twilio, and the phone to ring');
  return { call: undefined };
};
