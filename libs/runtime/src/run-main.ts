import { settingRows, type Settings } from './config';
import { runService, startFailure } from './run-service';

export interface MainOptions {
  readonly name: string;
  /** Every variable the executable reads. */
  readonly settings: Settings;
  /** Without a subcommand: the service, until a signal. */
  start(): Promise<AsyncDisposable>;
  /** Subcommands that do their work and end, such as `migrate`; they get the words after their name. */
  readonly commands?: Readonly<Record<string, (words: readonly string[]) => Promise<void>>>;
  readonly lastResortMs?: number;
}

/**
 * What `node main.js [COMMAND]` does. Every executable also answers `settings`: its environment variables as JSON, read
 * without an environment, so that manifests, READMEs and example files can be checked against the bundle itself.
 * A failed command is one line on stderr for each mistake and exit code 1, as a failed start is.
 */
export const runMain = async (
  options: MainOptions,
  commandLine: readonly string[] = process.argv.slice(2),
): Promise<void> => {
  const { name, settings, commands = {} } = options;
  const [command, ...words] = commandLine;
  if (command === undefined)
    return runService(name, () => options.start(), {
      ...(options.lastResortMs !== undefined && { lastResortMs: options.lastResortMs }),
    });
  const known: Record<string, (words: readonly string[]) => Promise<void> | void> = {
    ...commands,
    settings: () => {
      process.stdout.write(
        `${JSON.stringify({ service: name, settings: settingRows(settings) }, null, 2)}\n`,
      );
    },
  };
  try {
    const action = Object.hasOwn(known, command) ? known[command] : undefined;
    if (!action)
      throw new Error(`unknown command "${command}"; known: ${Object.keys(known).sort().join(', ')}`);
    await action(words);
  } catch (error) {
    for (const line of startFailure(error)) process.stderr.write(`${name}: ${line}\n`);
    process.exitCode = 1;
  }
};
