import { runReports } from '@frontdesk/run-report';
import { dialerRuns } from './dialer/run';
import { gatewayRuns } from './gateway/run';
import { recordingRuns } from './recording/run';

void runReports({
  name: 'chaos',
  runs: { ...gatewayRuns, ...recordingRuns, ...dialerRuns },
  numbers: {
    calls: 'calls at once where a gateway is killed or rolled out; calls of the recording run',
    contacts: 'contacts of the dialer run',
    seed: 'what a run drew its random numbers from, to draw them again',
  },
}).then((code) => {
  process.exitCode = code;
  // What a stopped run was still waiting for must not keep the terminal.
  setTimeout(() => process.exit(code), 1000).unref();
});
