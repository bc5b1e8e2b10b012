import { atMost, exactly, type Figure, told } from '@frontdesk/run-report';
import { type CallBook, eventually, type ScriptStep } from '@frontdesk/test-harness';
import { endedByItself, streamStartsOf, timesBegun, timesHeard } from '../../books/call-book';
import { memoryOf, sessionsWith } from '../../books/session-book';
import { type ChaosBusiness, openChaosBusiness } from '../../system/business';
import { type ChaosSystem } from '../../system/chaos-system';
import { withMachineVerdict } from '../../system/machine-verdict';
import { type Scale, type Scenario } from '../../system/scenario';

const TAKEN_UP_MS = 2000;
/** The words with which a long answer begins; the kill comes in the middle of it. */
const IN_THE_ANSWER = 'once upon';

const nameTold = (index: number): string => `my name is K${index}`;
const lastQuestion = (index: number): string => `what is left of K${index}`;

const scriptOf = (index: number): ScriptStep[] => [
  { waitForSilenceMs: 500 },
  { say: nameTold(index) },
  { waitForWords: `you said: ${nameTold(index)}`, timeoutMs: 20_000 },
  { pauseMs: 600 },
  { say: 'tell me a long story' },
  { waitForWords: IN_THE_ANSWER, timeoutMs: 20_000 },
  // The bridge phrase of the replica that took the call.
  { waitForWords: 'moment, please.', timeoutMs: 20_000 },
  { pauseMs: 1500 },
  { say: lastQuestion(index) },
  { waitForWords: `you said: ${lastQuestion(index)}`, timeoutMs: 20_000 },
  { pauseMs: 400 },
  { hangUp: true },
];

/** Rings until so many calls are on one replica: the others' webhooks and streams are steered there too. */
const ringAll = async (system: ChaosSystem, business: ChaosBusiness, count: number): Promise<string[]> => {
  const { twilio } = system.clients;
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      twilio.ring({
        from: `+1415556${String(index).padStart(4, '0')}`,
        to: business.number,
        script: scriptOf(index),
      }),
    ),
  );
};

/** Waits until every call is in the middle of the long answer. */
const allInTheAnswer = async ({ clients }: ChaosSystem, callSids: readonly string[]): Promise<void> => {
  const wanted = new Set(callSids);
  await eventually(async () => {
    const calls = (await clients.twilio.calls()).filter(({ callSid }) => wanted.has(callSid));
    const waiting = calls.filter(({ heardText }) => !heardText.includes(IN_THE_ANSWER));
    if (waiting.length > 0)
      throw new Error(`${waiting.length} of ${wanted.size} calls never came to the long answer`);
  }, 60_000);
};

const figuresOf = async (
  system: ChaosSystem,
  business: ChaosBusiness,
  books: readonly CallBook[],
  killedAtMs: number,
): Promise<Figure[]> => {
  const count = (holds: (book: CallBook, index: number) => boolean): number => books.filter(holds).length;
  const backAfter = books.map(
    (book) => (streamStartsOf(book).find((atMs) => atMs >= killedAtMs) ?? Infinity) - killedAtMs,
  );
  system.keep('books-gateway-killed', { killedAtMs, books });
  const late = system.probe.maxMs(killedAtMs, killedAtMs + TAKEN_UP_MS);
  const slowest = Math.max(...backAfter);
  const sessions = await sessionsWith(system.clients.openAi, business.marker);
  const afterwards = sessions.filter(({ openedAtMs }) => openedAtMs >= killedAtMs).map(memoryOf);
  return [
    atMost('on another replica, slowest call', Number.isFinite(slowest) ? slowest : null, TAKEN_UP_MS, late),
    exactly('calls on another replica', 'calls', backAfter.filter(Number.isFinite).length, books.length),
    exactly(
      'calls lost',
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
      'calls answered afterwards',
      'calls',
      count((book, index) => timesHeard(book, `you said: ${lastQuestion(index)}`) === 1),
      books.length,
    ),
    exactly(
      'calls whose model knows the turns before the kill',
      'calls',
      count((_, index) => afterwards.some((memory) => hasTurn(memory, nameTold(index)))),
      books.length,
    ),
    told(
      'holes in the sound, all calls',
      'times',
      books.reduce((sum, { media }) => sum + media.underruns, 0),
    ),
  ];
};

const hasTurn = (memory: string, text: string): boolean => memory.split(' | ').includes(text);

const killOne = async (system: ChaosSystem, { calls }: Scale): Promise<Figure[]> => {
  const business = await openChaosBusiness(system, 'killed');
  const [victim] = system.fleet.running;
  if (!victim || system.fleet.running.length < 2) throw new Error('two gateways are needed');
  const steerTo = async (url: string | null): Promise<void> => {
    for (const path of ['/webhook/incoming_call', '/ws/']) await system.router.steer(path, url);
  };
  await steerTo(victim.url);
  const callSids = await ringAll(system, business, calls);
  await allInTheAnswer(system, callSids).finally(() => steerTo(null));
  const onVictim = callSids.filter((callSid) => victim.log(callSid, 'WS_START').length > 0).length;
  const killedAtMs = Date.now();
  await victim.kill();
  const books = await Promise.all(callSids.map((callSid) => system.clients.twilio.callOver(callSid)));
  const figures = [
    exactly('calls on the replica that was killed', 'calls', onVictim, calls),
    ...(await figuresOf(system, business, books, killedAtMs)),
  ];
  await system.addReplica();
  return figures;
};

export const gatewayKilled: Scenario = {
  name: 'gateway killed',
  run: (system, scale) => withMachineVerdict(system.clients, () => killOne(system, scale)),
};
