import { runMain } from '@frontdesk/runtime';
import { loadConfig, settings } from './config';
import { PostgresLauncher } from './launcher';

const NAME = 'embedded-postgres';

void runMain({
  name: NAME,
  settings,
  start: async () => {
    const launcher = await PostgresLauncher.start(loadConfig(process.env), (line) =>
      process.stderr.write(`${NAME}: ${line}\n`),
    );
    launcher.onUnexpectedExit((description) => {
      process.stderr.write(`${NAME}: ${description}\n`);
      process.exit(1);
    });
    console.log(
      JSON.stringify({
        event: 'LISTENING',
        service: NAME,
        port: launcher.port,
        url: launcher.url,
        dataDir: launcher.dataDir,
        serverPid: launcher.server.pid,
      }),
    );
    return launcher;
  },
  lastResortMs: 40_000,
});
