import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addContacts,
  createCampaign,
  getCampaignProgress,
  startCampaign,
  type CampaignProgress,
} from '@frontdesk/contracts';
import { exactly, type RunContext, type RunDefinition, told } from '@frontdesk/run-report';
import { allContacts, spawnBeside } from '@frontdesk/test-harness';
import { openChaosBusiness, type ChaosBusiness } from '../system/business';
import { ChaosSystem } from '../system/chaos-system';
import { machineConditions } from '../system/conditions';
import { inBatches } from '../system/in-batches';
import { Killer } from '../system/killer';
import { Random } from '../system/random';
import { ledgerFigures, type RestEntry } from './ledger';
import { plannedContacts, type PlannedContact } from './planned-contacts';

const WORKERS = 3;

interface DialerScale {
  readonly contacts: number;
  readonly callsPerSecond: number;
  readonly killEveryMs: number;
  /** When the broker goes away after the start, and PostgreSQL after it; each for {@link AWAY_MS}. */
  readonly outagesAfterMs: readonly [number, number];
  readonly timeoutMs: number;
}
const AWAY_MS = 5000;

const usual: DialerScale = {
  contacts: 5000,
  callsPerSecond: 50,
  killEveryMs: 20_000,
  outagesAfterMs: [30_000, 70_000],
  timeoutMs: 600_000,
};
const small: DialerScale = {
  contacts: 150,
  callsPerSecond: 5,
  killEveryMs: 8000,
  outagesAfterMs: [7000, 18_000],
  timeoutMs: 150_000,
};

/** What is slow on purpose in production, short enough to be seen here. */
const dialerEnv = (callsPerSecond: number): Record<string, string> => ({
  ACCOUNT_CALLS_PER_SECOND: String(callsPerSecond),
  TWILIO_TIMEOUT_MS: '2000',
  DIAL_LEASE_MS: '5000',
  RECONCILE_INTERVAL_MS: '3000',
  CALL_CHECK_MS: '5000',
  OPENING_WAIT_MS: '5000',
});

const run = async ({ isSmall, numbers, signal, say }: RunContext) => {
  const scale = { ...(isSmall ? small : usual), ...(numbers.contacts ? { contacts: numbers.contacts } : {}) };
  const random = new Random(numbers.seed ?? randomInt(1, 1_000_000));
  say(`seed ${random.seed}`);
  const startedAt = performance.now();
  const env = dialerEnv(scale.callsPerSecond);
  await using system = await ChaosSystem.start({
    say,
    extraEnv: {
      'outbound-dialer': { ...env, SERVICE_ROLE: 'api' },
      'twilio-simulator': {
        TWILIO_SIM_CPS: String(scale.callsPerSecond),
        TWILIO_SIM_LIST_LAG_MS: '500',
      },
    },
  });
  const planned = plannedContacts(scale.contacts, random);
  const business = await openChaosBusiness(system, 'dialled');
  await describeCallees(system, planned);
  await using workers = await Killer.start({
    random,
    everyMs: scale.killEveryMs,
    replicas: WORKERS,
    spawn: () => spawnBeside(system.constellation, 'outbound-dialer', { SERVICE_ROLE: 'worker' }),
  });
  const id = await openCampaign(system, business, planned, scale);
  say(`${planned.length} contacts, ${WORKERS} workers`);
  workers.begin();
  const outages = comeAndGo(system, scale);
  const progress = await finished(system, id, workers, scale, signal);
  await outages;
  await workers.peace();

  const contacts = await allContacts(system.clients.dialer, id);
  const { requests } = await system.clients.twilio.restLog<{ requests: RestEntry[] }>();
  return {
    conditions: {
      ...machineConditions(system, startedAt),
      seed: random.seed,
      contacts: planned.length,
      workers: WORKERS,
      callsPerSecond: scale.callsPerSecond,
      workersKilled: workers.kills.length,
    },
    figures: [
      exactly('campaign finished', '', progress.state === 'finished' ? 1 : 0, 1),
      ...ledgerFigures(planned, requests, contacts, progress.byOutcome),
      told('workers killed', '', workers.kills.length),
    ],
  };
};

const describeCallees = async (
  { clients }: ChaosSystem,
  planned: readonly PlannedContact[],
): Promise<void> => {
  await inBatches(planned, async ({ number, responses, faults }) => {
    await clients.twilio.addCallee({ number, responses });
    for (const fault of faults) await clients.twilio.fault(fault);
  });
};

const openCampaign = async (
  { clients }: ChaosSystem,
  { profile, number }: ChaosBusiness,
  planned: readonly PlannedContact[],
  { callsPerSecond }: DialerScale,
): Promise<string> => {
  const { id } = await clients.dialer.call(createCampaign, {
    body: {
      businessId: profile.id,
      name: 'chaos',
      openingLine: 'hello this is the dentist',
      callerNumber: number,
      callingHours: { from: '00:00', to: '24:00' },
      maxAttempts: 2,
      retryDelaySeconds: 1,
      ringTimeoutSeconds: 5,
      callsPerSecond,
      maxConcurrentCalls: 10 * callsPerSecond,
      machinePolicy: 'talk',
    },
  });
  await clients.dialer.call(addContacts, {
    params: { id },
    body: { contacts: planned.map((one) => ({ number: one.number })) },
    timeoutMs: 60_000,
  });
  await clients.dialer.call(startCampaign, { params: { id } });
  return id;
};

/** First the broker, then PostgreSQL, each away for a moment. */
const comeAndGo = async (
  system: ChaosSystem,
  { outagesAfterMs: [broker, database] }: DialerScale,
): Promise<void> => {
  await sleep(broker);
  const brokerBack = await system.takeAway('embedded-kafka');
  await sleep(AWAY_MS);
  await brokerBack();
  await sleep(Math.max(0, database - broker - AWAY_MS));
  const databaseBack = await system.takeAway('embedded-postgres');
  await sleep(AWAY_MS);
  await databaseBack();
};

/** Waits for the campaign, whatever is killed meanwhile; its last progress when it takes too long. */
const finished = async (
  system: ChaosSystem,
  id: string,
  workers: Killer,
  { timeoutMs }: DialerScale,
  signal: AbortSignal,
): Promise<CampaignProgress> => {
  const until = performance.now() + timeoutMs;
  let last: CampaignProgress | undefined;
  let toldAt = performance.now();
  for (;;) {
    signal.throwIfAborted();
    // While PostgreSQL is away there is no answer.
    last = await system.clients.dialer.call(getCampaignProgress, { params: { id } }).catch(() => last);
    if (last && (last.state !== 'running' || performance.now() > until)) return last;
    if (last && performance.now() - toldAt > 15_000) {
      toldAt = performance.now();
      system.say(
        `  ${last.done} done, ${last.inProgress} in progress, ${last.queued} queued, ${workers.kills.length} workers killed`,
      );
    }
    await sleep(500);
  }
};

export const dialerRuns: Readonly<Record<string, RunDefinition>> = {
  dialer: { summary: 'a campaign while workers, broker and database die, and Twilio loses answers', run },
};
