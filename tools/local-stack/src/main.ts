import { startFailure } from '@frontdesk/runtime';
import { parseArguments, usage } from './arguments';
import { runDemoCommand } from './demo-command';
import { runStartCommand } from './start-command';
import { stackPaths } from './stack-paths';
import { whenOrphaned } from './when-orphaned';

/** Ctrl-C, a closing terminal, a kill and the end of npm all stop the stack in order; a second signal does not make it faster. */
const stopSignal = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => controller.abort(new Error(name)));
  // Who starts this without npm may well leave before it.
  if (process.env.npm_lifecycle_event) whenOrphaned(() => controller.abort(new Error('npm is gone')));
  return controller.signal;
};

const main = async (): Promise<number> => {
  const signal = stopSignal();
  try {
    const command = parseArguments(process.argv.slice(2));
    if (command.name === 'help') {
      process.stdout.write(`${usage}\n`);
      return 0;
    }
    const paths = stackPaths(process.env.FRONTDESK_DATA_DIR);
    if (command.name === 'start') {
      await runStartCommand(process.env, paths, signal, command.live);
      return 0;
    }
    return (await runDemoCommand(command, paths, signal)) ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return 130;
    // A child that failed shows what it said; all else is one line.
    const lines =
      error instanceof Error && error.name === 'ProcessFailure' ? [error.message] : startFailure(error);
    for (const line of lines) process.stderr.write(`frontdesk: ${line}\n`);
    return 1;
  }
};

void main().then((code) => {
  process.exitCode = code;
  // What a stopped demo was still waiting for must not keep the terminal.
  setTimeout(() => process.exit(code), 1000).unref();
});
