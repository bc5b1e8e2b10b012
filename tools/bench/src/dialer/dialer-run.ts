import { cpus, loadavg } from 'node:os';
import { type Figure, LatenessProbe, type Run, spoiled } from '@frontdesk/run-report';
import { concurrencyFigures } from './concurrency-part';
import { DialerWorld, WORKERS } from './dialer-world';
import { numbersOf } from './people';
import { businessOf, fullRateFigures, slowRateFigures } from './rate-part';
import { uploadFigures } from './upload-part';

/** A machine that wakes a process later than this says nothing about milliseconds. */
const LATE_MS = 100;
/** Figures that a late machine spoils; bounds that protect people and Twilio are never withdrawn. */
const timed = /p99|on average|arrivals at Twilio a second|uploaded as CSV|after its (start|pause)/;

/** Behind the router, as in the cluster: they take the status callbacks in turn. */
const usualApis = 2;

/** `npm run bench dialer`. */
export const dialerRun: Run = async ({ isSmall, numbers: { apis = usualApis }, say, signal }) => {
  const sizes = isSmall
    ? { contacts: 5000, rateMs: 9000, slowCalls: 4, callsEach: 30 }
    : { contacts: 100_000, rateMs: 40_000, slowCalls: 15, callsEach: 150 };
  await using probe = new LatenessProbe();
  const loadBefore = loadavg()[0];
  await using world = await DialerWorld.start({ apis });
  const figures: Figure[] = [];
  const part = async (line: string, measure: () => Promise<Figure[]>): Promise<void> => {
    signal.throwIfAborted();
    say(`dialer: ${line}`);
    const fromMs = Date.now();
    const measured = await measure();
    const lateMs = probe.maxMs(fromMs, Date.now(), 0);
    figures.push(
      ...measured.map((figure) =>
        lateMs > LATE_MS && timed.test(figure.figure)
          ? spoiled(figure, `the machine was ${lateMs} ms late`)
          : figure,
      ),
    );
  };
  const numbers = numbersOf(0, sizes.contacts);
  const id = await world.draft({ businessId: businessOf(0) });
  await part(`${sizes.contacts} contacts uploaded`, () => uploadFigures(world, id, numbers));
  await part(`50 calls a second over ${WORKERS} workers`, () =>
    fullRateFigures(world, { id, numbers }, { forMs: sizes.rateMs }),
  );
  await part('as many calls at once as are allowed', () => concurrencyFigures(world, sizes.callsEach));
  await part(`1 call a second over ${WORKERS} workers`, () => slowRateFigures(world, sizes.slowCalls));
  return {
    conditions: {
      node: process.version,
      processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      processes: `${apis} API processes and ${WORKERS} workers of outbound-dialer, PostgreSQL (durable), broker, router and Twilio simulator, each a process of its own`,
      loadAverageBefore: loadBefore,
      loadAverageAfter: loadavg()[0],
      latestWakeUpMs: probe.maxMs(),
    },
    figures,
  };
};
