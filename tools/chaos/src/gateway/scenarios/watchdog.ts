import { atMost, exactly, type Figure } from '@frontdesk/run-report';
import { type CallBook, type Fault, type ScriptStep } from '@frontdesk/test-harness';
import { fallbacksOf, timesHeard } from '../../books/call-book';
import { keptMessage } from '../../books/message';
import { type ChaosBusiness, openChaosBusiness } from '../../system/business';
import { type ChaosSystem } from '../../system/chaos-system';
import { type Scenario } from '../../system/scenario';

interface WatchCase {
  readonly what: string;
  readonly faults: readonly Fault[];
  /** Where a redirect is due: within how long of the ring, at the latest, and the message that is then left. */
  readonly dueWithinMs?: number;
  /** Where none is due: how long the caller stays. */
  readonly staysMs?: number;
}

/** WATCHDOG_START_TIMEOUT_MS, WATCHDOG_NO_MEDIA_TIMEOUT_MS, WATCHDOG_MEDIA_LOST_MS. */
const START_MS = 8000;
const NO_MEDIA_MS = 6000;
const MEDIA_LOST_MS = 15_000;
const TALKED_MS = 5000;
/** Opening the stream, a beat of the watch, and two tries with their back-off. */
const MARGIN_MS = 1500;
const FETCH_WAIT_MS = 2000;
/** Longer than a client waits for the answer of a request. */
const SLOW_MS = 11_000;

const neverOpens: Fault = { name: 'stream-never-opens' };
const rest = (name: string, more: Partial<Fault> = {}): Fault => ({
  name,
  ...more,
  params: { method: 'POST', ...more.params },
});

const cases: readonly WatchCase[] = [
  { what: 'stream never opens', faults: [neverOpens], dueWithinMs: START_MS + MARGIN_MS },
  {
    what: 'opens without start',
    faults: [{ name: 'stream-opens-without-start' }],
    dueWithinMs: START_MS + MARGIN_MS,
  },
  {
    what: 'starts without media',
    faults: [{ name: 'media-stalls' }],
    dueWithinMs: NO_MEDIA_MS + 2 * MARGIN_MS,
  },
  {
    what: 'media stops',
    faults: [{ name: 'media-stalls', params: { afterMs: TALKED_MS } }],
    dueWithinMs: TALKED_MS + MEDIA_LOST_MS + 2 * MARGIN_MS,
  },
  {
    what: 'REST answers 500 twice',
    faults: [neverOpens, rest('rest-500', { count: 2 })],
    // Such a request may have worked: each time the fetch of the fallback is waited for first.
    dueWithinMs: START_MS + 2 * FETCH_WAIT_MS + MARGIN_MS,
  },
  {
    what: 'REST answers 429 twice',
    faults: [neverOpens, rest('rest-429', { count: 2 })],
    dueWithinMs: START_MS + 2 * MARGIN_MS,
  },
  {
    what: 'REST is slow',
    faults: [neverOpens, rest('rest-slow', { params: { ms: SLOW_MS } })],
    dueWithinMs: START_MS + MARGIN_MS,
  },
  { what: 'REST answers 21220', faults: [neverOpens, rest('rest-21220')], staysMs: 14_000 },
  { what: 'caller gone before', faults: [neverOpens], staysMs: 6000 },
  { what: 'healthy', faults: [], staysMs: 18_000 },
  {
    what: 'no media, pings answered',
    faults: [{ name: 'media-stalls', params: { afterMs: 2000, marks: true, pongs: true } }],
    staysMs: 20_000,
  },
];

const MESSAGE = 'please call me back about';

const scriptOf = (one: WatchCase, index: number, { prompt }: ChaosBusiness): ScriptStep[] =>
  one.dueWithinMs === undefined
    ? [{ pauseMs: one.staysMs ?? 0 }, { hangUp: true }]
    : [
        { waitForWords: prompt, timeoutMs: 40_000 },
        { pauseMs: 300 },
        { say: `${MESSAGE} ${index}` },
        { pauseMs: 700 },
        { hangUp: true },
      ];

const runCase = async (
  system: ChaosSystem,
  business: ChaosBusiness,
  one: WatchCase,
  index: number,
): Promise<Figure[]> => {
  const { twilio } = system.clients;
  const callSid = await twilio.ring({
    from: `+1415555300${index}`,
    to: business.number,
    script: scriptOf(one, index, business),
    faults: [...one.faults],
  });
  const book = await twilio.callOver(callSid, 90_000);
  const fallbacks = fallbacksOf(book);
  if (one.dueWithinMs === undefined)
    return [
      exactly(`${one.what}: handed to the fallback`, 'times', fallbacks.length, 0),
      ...(one.what.includes('21220')
        ? [exactly(`${one.what}: asked`, 'times', await timesAsked(system, callSid), 1)]
        : []),
    ];
  const message = await keptMessage(system.clients, callSid);
  return [
    exactly(`${one.what}: handed to the fallback`, 'times', fallbacks.length, 1),
    exactly(`${one.what}: prompt heard`, 'times', timesHeard(book, business.prompt), 1),
    exactly(`${one.what}: messages recorded`, '', message.recordings, 1),
    exactly(
      `${one.what}: messages transcribed as said`,
      '',
      message.transcript === `${MESSAGE} ${index}` ? 1 : 0,
      1,
    ),
    waited(one.what, book, system, one.dueWithinMs),
  ];
};

/** From the ring to the fallback. */
const waited = (what: string, book: CallBook, { probe }: ChaosSystem, limitMs: number): Figure => {
  const rungAt = book.events[0]?.atMs ?? 0;
  const [fallback] = fallbacksOf(book);
  const tookMs = fallback === undefined ? null : fallback - rungAt;
  const late = fallback === undefined ? 0 : probe.maxMs(rungAt, fallback);
  return atMost(`${what}: handed to the fallback after`, tookMs, limitMs, late);
};

const timesAsked = async ({ clients }: ChaosSystem, callSid: string): Promise<number> => {
  const { requests } = await clients.twilio.restLog<{ requests: { path: string; method: string }[] }>();
  return requests.filter(({ path, method }) => method === 'POST' && path.includes(callSid)).length;
};

export const watchdog: Scenario = {
  name: 'watchdog',
  run: async (system) => {
    const business = await openChaosBusiness(system, 'watched');
    return (await Promise.all(cases.map((one, index) => runCase(system, business, one, index)))).flat();
  },
};
