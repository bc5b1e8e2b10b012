import { type RunArguments, parseRunArguments } from './arguments';
import { heldAll, joinReports, type RunReport, reportLines, writeJson } from './report';

/** What a run is given. */
export interface RunContext {
  readonly isSmall: boolean;
  readonly numbers: Readonly<Record<string, number>>;
  /** Ctrl-C, SIGTERM or a closing terminal: stop what was started and reject. */
  readonly signal: AbortSignal;
  /** Progress, on stderr. */
  readonly say: (line: string) => void;
}

export type Run = (context: RunContext) => Promise<Pick<RunReport, 'conditions' | 'figures'>>;

export interface RunDefinition {
  /** One line of `--help`. */
  readonly summary: string;
  readonly run: Run;
  /** Runs only when it is named. */
  readonly isOnRequest?: boolean;
}

export interface RunReportsOptions {
  /** The command: `bench` or `chaos`. */
  readonly name: string;
  readonly runs: Readonly<Record<string, RunDefinition>>;
  /** Options of one number that runs understand, such as `minutes`, and what they mean. */
  readonly numbers?: Readonly<Record<string, string>>;
  /** `process.argv.slice(2)` when left out. */
  readonly args?: readonly string[];
}

/**
 * The main function of bench and chaos: reads the arguments, does the runs one after the other, prints each as a table
 * (on stdout, or on stderr while JSON has stdout), writes the JSON.
 * @returns the exit code: 0 when all ran; with `--check` only when every figure held; 1 when a run failed or an
 *   argument is wrong; 130 when it was stopped
 */
export const runReports = async (options: RunReportsOptions): Promise<number> => {
  const { name, runs } = options;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error('stopped'));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    const asked = parseRunArguments(options.args ?? process.argv.slice(2), {
      runs: Object.keys(runs),
      numbers: Object.keys(options.numbers ?? {}),
    });
    if (asked.wantsHelp) {
      process.stdout.write(`${usageLines(options).join('\n')}\n`);
      return 0;
    }
    const reports = await runAll(options, asked, controller.signal, say);
    const report = joinReports(name, reports);
    if (asked.jsonFile !== undefined) writeJson(report, asked.jsonFile);
    return asked.isChecked && !heldAll(report) ? 1 : 0;
  } catch (error) {
    if (controller.signal.aborted) return 130;
    say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
};

const runAll = async (
  { name, runs }: RunReportsOptions,
  asked: RunArguments,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<RunReport[]> => {
  const names =
    asked.names.length > 0 ? asked.names : Object.keys(runs).filter((key) => !runs[key]!.isOnRequest);
  const out = asked.jsonFile === '-' ? process.stderr : process.stdout;
  const reports: RunReport[] = [];
  for (const runName of names) {
    const context = { isSmall: asked.isSmall, numbers: asked.numbers, signal, say };
    const result = await runs[runName]!.run(context);
    signal.throwIfAborted();
    const report = { name: `${name} ${runName}`, conditions: result.conditions, figures: result.figures };
    reports.push(report);
    out.write(`${reportLines(report).join('\n')}\n`);
  }
  return reports;
};

const usageLines = ({ name, runs, numbers }: RunReportsOptions): string[] => {
  const rows = [
    ...Object.entries(runs).map(([key, { summary, isOnRequest }]) => [
      key,
      isOnRequest ? `${summary} (only when named)` : summary,
    ]),
    ['--small', 'the short form, for CI'],
    ['--check', 'exit code 1 unless every figure held'],
    ['--json [FILE]', `figures as JSON into FILE, or to stdout (npm run --silent ${name} -- --json)`],
    ...Object.entries(numbers ?? {}).map(([key, summary]) => [`--${key} N`, summary]),
  ];
  const width = Math.max(...rows.map(([key]) => key!.length));
  return [
    `npm run ${name} [-- NAME … OPTIONS]`,
    ...rows.map(([key, text]) => `  ${key!.padEnd(width)}  ${text}`),
  ];
};
