/** What was asked for on the command line of a bench or chaos run. */
export interface RunArguments {
  /** Runs asked for by name; none: those that run by default. */
  readonly names: readonly string[];
  /** Where the figures go as JSON: a file, `-` for stdout, undefined for nowhere. */
  readonly jsonFile: string | undefined;
  /** Exit code 1 unless every figure held. */
  readonly isChecked: boolean;
  /** The short form, for CI. */
  readonly isSmall: boolean;
  /** Numbers that runs declare themselves, such as `--minutes 30`. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly wantsHelp: boolean;
}

export interface KnownArguments {
  readonly runs: readonly string[];
  /** Options of one number, without their dashes. */
  readonly numbers?: readonly string[];
}

/** `--json` may stand alone (stdout), or before a file or `-`. A following name of a run is no file. */
export const readJsonOption = (
  next: string | undefined,
  isName: (text: string) => boolean = () => false,
): { jsonFile: string; hasFile: boolean } => {
  const hasFile = next !== undefined && (next === '-' || !next.startsWith('-')) && !isName(next);
  return { jsonFile: hasFile ? next : '-', hasFile };
};

/** Reads the arguments; throws an Error with one line for people. */
export const parseRunArguments = (args: readonly string[], known: KnownArguments): RunArguments => {
  const names: string[] = [];
  const numbers: Record<string, number> = {};
  let jsonFile: string | undefined;
  let isChecked = false;
  let isSmall = false;
  let wantsHelp = false;
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    const next = args[index + 1];
    if (argument === '--check') isChecked = true;
    else if (argument === '--small') isSmall = true;
    else if (argument === '--help') wantsHelp = true;
    else if (argument === '--json') {
      const option = readJsonOption(next, (text) => known.runs.includes(text));
      jsonFile = option.jsonFile;
      if (option.hasFile) index++;
    } else if (argument.startsWith('--') && known.numbers?.includes(argument.slice(2))) {
      if (next === undefined || !/^\d+(\.\d+)?$/.test(next)) throw new Error(`${argument} needs a number`);
      numbers[argument.slice(2)] = Number(next);
      index++;
    } else if (known.runs.includes(argument)) names.push(argument);
    else
      throw new Error(
        `there is no "${argument}": ${[...known.runs, '--json', '--check', '--small'].join(', ')}`,
      );
  }
  return { names, jsonFile, isChecked, isSmall, numbers, wantsHelp };
};
