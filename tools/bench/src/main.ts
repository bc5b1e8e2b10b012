import { runReports } from '@frontdesk/run-report';
import { dialerRun } from './dialer/dialer-run';
import { runForwarder } from './forwarder/run-forwarder';
import { gatewayRun } from './gateway/gateway-run';
import { gatewayCostRun } from './gateway/gateway-cost-run';
import { gatewaySoakRun } from './gateway/gateway-soak-run';
import { recordingRun } from './recording/recording-run';
import { greetingRun } from './greeting/greeting-run';
import { runRequests } from './greeting/requests-process';
import { runGenerator } from './load/run-generator';

const [role, ...rest] = process.argv.slice(2);
if (role === 'generator-process') runGenerator();
else if (role === 'requests-process') runRequests();
else if (role === 'forwarder-process') runForwarder(rest[0]!);
else
  void runReports({
    name: 'bench',
    runs: {
      greeting: {
        summary: 'greeting-service: cached frames, restarts, live speech, one synthesis over replicas',
        run: greetingRun,
      },
      gateway: { summary: 'media-gateway: pacing, capacity, cost, stalls, barge-in', run: gatewayRun },
      'gateway-cost': {
        summary: 'media-gateway: the CPU of a call-minute alone',
        run: gatewayCostRun,
        isOnRequest: true,
      },
      dialer: {
        summary: 'outbound-dialer: rates over three workers, concurrency, upload, fairness, pause',
        run: dialerRun,
      },
      recording: { summary: 'recording-service: one download for all, ranges, memory', run: recordingRun },
      'gateway-soak': {
        summary: 'media-gateway: calls coming and going, memory, timers and sockets',
        run: gatewaySoakRun,
        isOnRequest: true,
      },
    },
    numbers: {
      minutes: 'length of gateway-soak, 30 when left out',
      apis: 'API processes of dialer, 2 when left out',
    },
  }).then((code) => process.exit(code));
