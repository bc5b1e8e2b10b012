import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, exactly, type Figure, told } from '@frontdesk/run-report';
import { type CallBook, type ScriptStep } from '@frontdesk/test-harness';
import {
  endedByItself,
  fallbacksOf,
  streamGapsOf,
  streamStartsOf,
  timedOutWaits,
  timesBegun,
} from '../../books/call-book';
import { openChaosBusiness } from '../../system/business';
import { type ChaosSystem } from '../../system/chaos-system';
import { withMachineVerdict } from '../../system/machine-verdict';
import { type Scale, type Scenario } from '../../system/scenario';

/** Between the end of a stream and the start of the one that takes its place: longer, and the caller says 'hello?'. */
const GAP_MS = 2000;
const TURNS = 6;
const SMALL_TURNS = 4;
/** Calls are talking, and all have said something, when the first replica is told to go. */
const BEGUN_MS = 6000;

const turnOf = (index: number, turn: number): string => `turn ${turn} of R${index}`;

const scriptOf = (index: number, turns: number): ScriptStep[] => [
  { waitForSilenceMs: 500 },
  ...Array.from({ length: turns }, (_, turn): ScriptStep[] => [
    { say: turnOf(index, turn) },
    { waitForWords: `you said: ${turnOf(index, turn)}`, timeoutMs: 20_000 },
    { pauseMs: 900 },
  ]).flat(),
  { hangUp: true },
];

/** One new replica in, one old one out, as a Deployment with maxSurge 1 does. */
const replaceOne = async (system: ChaosSystem): Promise<string> => {
  const [oldest] = system.fleet.running;
  if (!oldest) throw new Error('no gateway runs');
  await system.addReplica();
  return oldest.terminate();
};

/** Both replicas are replaced, one after the other, while calls go on. */
const rollOut = async (system: ChaosSystem, { calls, isSmall }: Scale): Promise<Figure[]> => {
  const turns = isSmall ? SMALL_TURNS : TURNS;
  const { twilio } = system.clients;
  const business = await openChaosBusiness(system, 'rolled out');
  const callSids = await Promise.all(
    Array.from({ length: calls }, (_, index) =>
      twilio.ring({
        from: `+1415557${String(index).padStart(4, '0')}`,
        to: business.number,
        script: scriptOf(index, turns),
      }),
    ),
  );
  await sleep(BEGUN_MS);
  const begunAtMs = Date.now();
  const ends = [await replaceOne(system), await replaceOne(system)];
  const books = await Promise.all(callSids.map((callSid) => twilio.callOver(callSid, 180_000)));
  system.keep('books-rollout', books);
  const count = (holds: (book: CallBook) => boolean): number => books.filter(holds).length;
  const gaps = books.flatMap(streamGapsOf);
  const late = system.probe.maxMs(begunAtMs, Date.now());
  const timedOut = books.reduce((sum, book) => sum + timedOutWaits(book), 0);
  return [
    exactly('replicas that ended by themselves', '', ends.filter((how) => how === 'exit code 0').length, 2),
    exactly(
      'calls cut',
      'calls',
      count((book) => !endedByItself(book)),
      0,
    ),
    exactly(
      'calls greeted again',
      'calls',
      count((book) => timesBegun(book, 'welcome') > 1),
      0,
    ),
    exactly(
      'calls sent to the fallback',
      'calls',
      count((book) => fallbacksOf(book).length > 0),
      0,
    ),
    exactly('turns answered', 'turns', calls * turns - timedOut, calls * turns),
    atMost('longest gap of a hand-over, stream to stream', Math.max(0, ...gaps), GAP_MS, late),
    told(
      'calls handed over',
      'calls',
      count((book) => streamStartsOf(book).length > 1),
    ),
    told(
      'most hand-overs of one call',
      'times',
      Math.max(...books.map((book) => streamStartsOf(book).length - 1)),
    ),
  ];
};

export const rollout: Scenario = {
  name: 'rollout',
  run: (system, scale) => withMachineVerdict(system.clients, () => rollOut(system, scale)),
};
