import { runReports } from '@frontdesk/run-report';
import { runGatewayFuzz } from './gateway/run';

void runReports({
  name: 'fuzz',
  runs: {
    gateway: {
      summary:
        'a gateway between a Twilio and a model that send anything at any time, with a healthy call beside',
      run: runGatewayFuzz,
    },
  },
  numbers: {
    messages: 'messages and events of both sides (100000)',
    seconds: 'ends after so many seconds instead',
    seed: 'of an earlier run, to have it again',
  },
}).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(code), 1000).unref();
});
