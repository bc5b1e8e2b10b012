import { runReports } from '@frontdesk/run-report';
import { gatewayRuns } from './gateway/run';

void runReports({
  name: 'chaos',
  runs: { ...gatewayRuns },
  numbers: { calls: 'calls at once where a gateway is killed or rolled out' },
}).then((code) => {
  process.exitCode = code;
  // What a stopped run was still waiting for must not keep the terminal.
  setTimeout(() => process.exit(code), 1000).unref();
});
