import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, exactly, type Figure, told } from '@frontdesk/run-report';
import { type CallBook, type ProcessName, type ScriptStep } from '@frontdesk/test-harness';
import { balancedBooks, type LoggedCall } from '../../books/call-log';
import { fallbacksOf, timedOutWaits, timesHeardMostly } from '../../books/call-book';
import { openChaosBusiness } from '../../system/business';
import { type ChaosSystem } from '../../system/chaos-system';
import { type Scale, type Scenario } from '../../system/scenario';

/** What is away at once: each alone in a usual run, all together in a small one. */
const outages: Record<'usual' | 'small', readonly (readonly ProcessName[])[]> = {
  usual: [['embedded-kafka'], ['greeting-service'], ['embedded-postgres'], ['recording-service']],
  small: [['embedded-kafka', 'greeting-service', 'embedded-postgres', 'recording-service']],
};

/** A turn and its answer, with the pauses between them. */
const TURN_MS = 7500;
/** Calls go on for so long after the outage: a recording can be started only while they live. */
const AFTERWARDS_MS = 12_000;
const CALLS_BEFORE = 2;
const CALLS_DURING = 2;

const conversation = (name: string, turns: number): ScriptStep[] => [
  { waitForSilenceMs: 500 },
  ...Array.from({ length: turns }, (_, turn): ScriptStep[] => {
    const words = `turn ${turn} of ${name}`;
    return [{ say: words }, { waitForWords: `you said: ${words}`, timeoutMs: 8000 }, { pauseMs: 2500 }];
  }).flat(),
  { hangUp: true },
];

const outage = async (
  system: ChaosSystem,
  { outageMs }: Scale,
  away: readonly ProcessName[],
): Promise<Figure[]> => {
  const { twilio } = system.clients;
  const what =
    away.length > 2 ? 'any of them' : away.map((name) => name.replace('embedded-', '')).join(' and ');
  const business = await openChaosBusiness(system, `without ${what.replaceAll('-', ' ')}`);
  let rung = 0;
  const ring = async (turns: number): Promise<{ callSid: string; name: string }> => {
    rung += 1;
    const name = `caller ${rung}`;
    const script = conversation(name, turns);
    const callSid = await twilio.ring({ from: `+1415555400${rung}`, to: business.number, script });
    return { callSid, name };
  };
  const turns = Math.ceil((outageMs + AFTERWARDS_MS) / TURN_MS);
  const ringSome = (count: number): ReturnType<typeof ring>[] =>
    Array.from({ length: count }, () => ring(turns));

  const before = await Promise.all(ringSome(CALLS_BEFORE));
  await sleep(4000);
  const bringBack = await Promise.all(away.map((name) => system.takeAway(name)));
  const awayAt = performance.now();
  await sleep(1000);
  const during = await Promise.all(ringSome(CALLS_DURING));
  await sleep(Math.max(0, outageMs - (performance.now() - awayAt)));
  await Promise.all(bringBack.map((back) => back()));

  const calls = await Promise.all(
    [...before, ...during].map(async ({ callSid, name }): Promise<LoggedCall> => {
      const book = await twilio.callOver(callSid, turns * 20_000 + 30_000);
      return { book, saidByCaller: Array.from({ length: turns }, (_, turn) => `turn ${turn} of ${name}`) };
    }),
  );
  const books = calls.map(({ book }) => book);
  system.keep(`books-without-${what}`, books);
  const figures = [
    ...heardNothing(books, business.greeting, calls.length * turns),
    ...(await balancedBooks(system.clients, calls)),
    ...firstAudio(books, system),
  ];
  return figures.map((figure) => ({ ...figure, figure: `without ${what}: ${figure.figure}` }));
};

/** What the callers noticed of it: nothing. */
const heardNothing = (books: readonly CallBook[], greeting: string, turns: number): Figure[] => {
  const sum = (of: (book: CallBook) => number): number => books.reduce((total, book) => total + of(book), 0);
  return [
    exactly(
      'calls greeted once',
      'calls',
      books.filter((book) => timesHeardMostly(book, greeting) === 1).length,
      books.length,
    ),
    exactly('turns answered', 'turns', turns - sum(timedOutWaits), turns),
    exactly(
      'redirects',
      'times',
      sum((book) => fallbacksOf(book).length),
      0,
    ),
    told(
      'holes in the sound',
      'times',
      sum(({ media }) => media.underruns),
    ),
  ];
};

/** Frames are at hand: nobody needs to be asked for a greeting. */
const firstAudio = (books: readonly CallBook[], { probe }: ChaosSystem): Figure[] => {
  const slowest = Math.max(...books.map(({ media }) => media.startToFirstMediaMs ?? Infinity));
  return [
    atMost('first audio after start, slowest', Number.isFinite(slowest) ? slowest : null, 200, probe.maxMs()),
  ];
};

export const neighboursAway: Scenario = {
  name: 'neighbours away',
  run: async (system, scale) => {
    const figures: Figure[] = [];
    for (const away of outages[scale.isSmall ? 'small' : 'usual'])
      figures.push(...(await outage(system, scale, away)));
    return figures;
  },
};
