import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCall, getCallTranscript, type Transcript } from '@frontdesk/contracts';
import { BoundedPublisher, connectKafka } from '@frontdesk/messaging';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { exactly, type Figure, type RunContext, type RunDefinition, told } from '@frontdesk/run-report';
import { type RunningProcess, spawnBeside } from '@frontdesk/test-harness';
import { openChaosBusiness } from '../system/business';
import { ChaosSystem } from '../system/chaos-system';
import { machineConditions } from '../system/conditions';
import { inBatches } from '../system/in-batches';
import { type Kill, Killer } from '../system/killer';
import { Random } from '../system/random';
import { type CallMaker, finishCall, type FinishedCall } from './finished-calls';
import { type Download, type PaidRequest, paidOnceFigures } from './paid-once';

interface RecordingScale {
  readonly calls: number;
  /** Calls that end in a second. */
  readonly rate: number;
  readonly killEveryMs: number;
  /** When PostgreSQL goes away after the start, and the broker after it. */
  readonly outagesAfterMs: readonly [number, number];
  readonly awayMs: number;
  /** From the last call to the last transcript. */
  readonly settleMs: number;
}
const usual: RecordingScale = {
  calls: 1000,
  rate: 8,
  killEveryMs: 20_000,
  outagesAfterMs: [15_000, 70_000],
  awayMs: 30_000,
  settleMs: 300_000,
};
const small: RecordingScale = {
  calls: 60,
  rate: 3,
  killEveryMs: 5000,
  outagesAfterMs: [3000, 10_000],
  awayMs: 4000,
  settleMs: 90_000,
};

/** Asking for a thousand transcripts is work for the service, too. */
const POLL_MS = 3000;

/** Lost callbacks are looked for at once rather than after minutes. */
const ENV = { RECONCILE_INTERVAL_MS: '1000', RECONCILE_AFTER_MS: '5000' };

const run = async ({ isSmall, numbers, signal, say }: RunContext) => {
  const scale = { ...(isSmall ? small : usual), ...(numbers.calls ? { calls: numbers.calls } : {}) };
  const random = new Random(numbers.seed ?? randomInt(1, 1_000_000));
  say(`seed ${random.seed}`);
  const startedAt = performance.now();
  await using system = await ChaosSystem.start({ say, extraEnv: { 'recording-service': ENV } });
  const business = await openChaosBusiness(system, 'recorded');
  await using bus = await connectKafka({
    brokers: [system.constellation.kafkaBrokers],
    clientId: 'chaos',
    logger: silentLogger,
    metrics: new Metrics(),
  });
  await using events = new BoundedPublisher({
    bus,
    capacity: 50_000,
    sendEveryMs: 100,
    logger: silentLogger,
    metrics: new Metrics(),
  });
  const maker: CallMaker = {
    twilio: system.clients.twilio,
    events,
    random,
    businessId: business.profile.id,
    number: business.number,
    publicUrl: system.constellation.settings.publicUrl,
  };
  const quiet = await quietPhase(system, maker, scale, signal);
  const killing = await killingPhase(system, maker, scale, signal);
  return {
    conditions: {
      ...machineConditions(system, startedAt),
      seed: random.seed,
      callsEachTime: scale.calls,
      replicasKilled: killing.kills.length,
    },
    figures: [
      ...quiet.map((figure) => ({ ...figure, figure: `faults of Twilio: ${figure.figure}` })),
      ...killing.figures.map((figure) => ({ ...figure, figure: `and replicas killed: ${figure.figure}` })),
    ],
  };
};

/** One replica, nothing killed: only what Twilio does wrong. */
const quietPhase = async (
  system: ChaosSystem,
  maker: CallMaker,
  scale: RecordingScale,
  signal: AbortSignal,
): Promise<Figure[]> => {
  system.say(`${scale.calls} calls end, one replica …`);
  const fromMs = Date.now();
  const calls = await finishCalls(maker, 'quiet', { ...scale, rate: 2 * scale.rate }, signal);
  return phaseFigures(system, calls, fromMs, [], scale, signal);
};

/** Two replicas that are killed in turn, and PostgreSQL and the broker away for a while each. */
const killingPhase = async (
  system: ChaosSystem,
  maker: CallMaker,
  scale: RecordingScale,
  signal: AbortSignal,
): Promise<{ figures: Figure[]; kills: readonly Kill[] }> => {
  system.say(`${scale.calls} calls end, two replicas that are killed …`);
  const { constellation } = system;
  const fixed = { process: constellation.process('recording-service') };
  await using replicas = await Killer.start({
    random: maker.random,
    everyMs: scale.killEveryMs,
    replicas: 2,
    running: [fixed.process],
    spawn: async (killed): Promise<RunningProcess> => {
      if (killed !== fixed.process) return spawnBeside(constellation, 'recording-service');
      // The one whose address Twilio's callbacks are routed to comes back there.
      await constellation.restart('recording-service');
      fixed.process = constellation.process('recording-service');
      return fixed.process;
    },
  });
  const fromMs = Date.now();
  replicas.begin();
  const outages = comeAndGo(system, scale);
  const calls = await finishCalls(maker, 'killed', scale, signal);
  await outages;
  await replicas.peace();
  const figures = await phaseFigures(system, calls, fromMs, replicas.kills, scale, signal);
  return { figures: [...figures, told('replicas killed', '', replicas.kills.length)], kills: replicas.kills };
};

const finishCalls = async (
  maker: CallMaker,
  phase: string,
  { calls, rate }: RecordingScale,
  signal: AbortSignal,
): Promise<FinishedCall[]> => {
  const finished: FinishedCall[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < calls; index++) {
    signal.throwIfAborted();
    await sleep(Math.max(0, startedAt + (index * 1000) / rate - performance.now()));
    finished.push(await finishCall(maker, `${phase} ${index}`));
  }
  return finished;
};

const comeAndGo = async (
  system: ChaosSystem,
  { outagesAfterMs: [database, broker], awayMs }: RecordingScale,
): Promise<void> => {
  await sleep(database);
  const databaseBack = await system.takeAway('embedded-postgres');
  await sleep(awayMs);
  await databaseBack();
  await sleep(Math.max(0, broker - database - awayMs));
  const brokerBack = await system.takeAway('embedded-kafka');
  await sleep(awayMs);
  await brokerBack();
};

/** Waits until every call has its transcript, or the time for it is over; then compares the books. */
const phaseFigures = async (
  system: ChaosSystem,
  calls: readonly FinishedCall[],
  fromMs: number,
  kills: readonly Kill[],
  { settleMs }: RecordingScale,
  signal: AbortSignal,
): Promise<Figure[]> => {
  const lastEndedAt = performance.now();
  const texts = new Map<string, string>();
  let open = [...calls];
  while (open.length > 0 && performance.now() - lastEndedAt < settleMs) {
    signal.throwIfAborted();
    await inBatches(open, async ({ callSid }) => {
      const text = await transcriptOf(system, callSid);
      if (text !== null) texts.set(callSid, text);
    });
    open = open.filter(({ callSid }) => !texts.has(callSid));
    if (open.length > 0) await sleep(POLL_MS);
  }
  const settledMs = performance.now() - lastEndedAt;
  let recorded = 0;
  let fetchedOnce = 0;
  await inBatches(calls, async ({ callSid }) => {
    const call = await system.clients.recording.call(getCall, { params: { sid: callSid } }).catch(() => null);
    const isWhole =
      call !== null && call.recordings.length === 1 && call.recordings[0]?.status === 'completed';
    if (isWhole && call.recordingUrl !== null && call.endedAt !== null) recorded += 1;
    if (isWhole && call.recordings[0]?.downloads === 1) fetchedOnce += 1;
  });
  let repeatsBooked = 0;
  await inBatches(calls, async ({ callSid }) => {
    const transcripts = await transcriptsOf(system, callSid);
    for (const { repeatedRequests } of transcripts) repeatsBooked += repeatedRequests;
  });
  const asSaid = calls.filter(({ callSid, callerSaid, agentSaid }) => {
    const text = texts.get(callSid) ?? '';
    return text.includes(callerSaid) && text.includes(agentSaid);
  });
  return [
    exactly('calls with their recording', 'calls', recorded, calls.length),
    exactly('calls transcribed as said', 'calls', asSaid.length, calls.length),
    ...paidOnceFigures(await paidSince(system, fromMs), await downloadsSince(system, fromMs), kills, {
      sides: 2 * calls.length,
      repeatsBooked,
    }),
    // A process that was killed may not have come to writing its download down.
    kills.length === 0
      ? exactly('recordings downloaded once by the books of the service', '', fetchedOnce, calls.length)
      : told('recordings downloaded once by the books of the service', '', fetchedOnce),
    told('from the last call to the last transcript', 's', settledMs / 1000),
  ];
};

const transcriptsOf = async ({ clients }: ChaosSystem, callSid: string): Promise<readonly Transcript[]> => {
  const answer = await clients.recording
    .call(getCallTranscript, { params: { sid: callSid } })
    .catch(() => ({ transcripts: [] }));
  return answer.transcripts;
};

const transcriptOf = async (system: ChaosSystem, callSid: string): Promise<string | null> => {
  const transcripts = await transcriptsOf(system, callSid);
  return transcripts.find(({ status }) => status === 'completed')?.text ?? null;
};

const paidSince = async ({ clients }: ChaosSystem, fromMs: number): Promise<PaidRequest[]> => {
  const { requests } = await clients.openAi.requests<{ requests: PaidRequest[] }>();
  return requests.filter(({ atMs }) => atMs >= fromMs);
};

/** Files that Twilio sent to their last byte. */
const downloadsSince = async ({ clients }: ChaosSystem, fromMs: number): Promise<Download[]> => {
  const { requests } = await clients.twilio.restLog<{
    requests: { atMs: number; method: string; path: string; status: number | null; answer: unknown }[];
  }>();
  return requests
    .filter(({ atMs, method, status }) => atMs >= fromMs && method === 'GET' && status === 200)
    .flatMap(({ atMs, path, answer }) => {
      const recordingSid = /\/Recordings\/(RE[0-9a-f]{32})(?:\.wav)?$/.exec(path)?.[1];
      return recordingSid && answer !== 'cut' ? [{ atMs, recordingSid }] : [];
    });
};

export const recordingRuns: Readonly<Record<string, RunDefinition>> = {
  recording: {
    summary: 'calls end while replicas, broker and database die, and Twilio forgets to tell',
    run,
  },
};
