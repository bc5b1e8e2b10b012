import { setTimeout as sleep } from 'node:timers/promises';
import { pauseCampaign } from '@frontdesk/contracts';
import { atLeast, below, type Figure, near, told, upTo } from '@frontdesk/run-report';
import { eventually } from '@frontdesk/test-harness';
import { type DialerWorld } from './dialer-world';
import { leastGapMs, meanRate, mostInASecond, quantileOf } from './moments';
import { describePeople, numbersOf, talksFor } from './people';

const RATE = 50;
const TALK_MS = 300;
/** Between two small campaigns of other businesses. */
const OTHERS_EVERY_MS = 4000;
/** Long enough for calls that a pause let through to show. */
const AFTER_PAUSE_MS = 3000;

export interface RateSizes {
  readonly forMs: number;
}

/** A huge campaign at the account's full rate, small ones of other businesses beside it, and then its pause. */
export const fullRateFigures = async (
  world: DialerWorld,
  huge: { id: string; numbers: readonly string[] },
  { forMs }: RateSizes,
): Promise<Figure[]> => {
  await world.setWorkers({ ACCOUNT_CALLS_PER_SECOND: String(RATE), BUSINESS_CONCURRENT_CALLS: '10000' });
  await describePeople(world, huge.numbers.slice(0, (forMs / 1000 + 10) * RATE), () => talksFor(TALK_MS));
  const others = await smallCampaigns(world, Math.max(1, Math.floor(forMs / OTHERS_EVERY_MS) - 1));
  await world.start(huge.id);
  const first = await eventually(() => firstArrival(world, huge.numbers));
  const startedAt: number[] = [];
  for (const { id } of others) {
    await sleep(OTHERS_EVERY_MS);
    startedAt.push(Date.now());
    await world.start(id);
  }
  await sleep(Math.max(0, first + forMs - Date.now()));
  await world.client.call(pauseCampaign, { params: { id: huge.id } });
  const pausedAt = Date.now();
  await sleep(AFTER_PAUSE_MS);

  const claims = await world.claims([huge.id, ...others.map(({ id }) => id)]);
  const claimed = claims.map(({ claimedMs }) => claimedMs);
  const arrivals = await world.arrivals();
  const arrived = arrivals.map(({ atMs }) => atMs);
  const lastOfHuge = arrivals.findLast(({ to }) => to.startsWith('+97250'))?.atMs ?? 0;
  const delays = others.map(({ numbers }, index) => {
    const atMs = arrivals.find(({ to }) => to === numbers[0])?.atMs;
    return atMs === undefined ? Infinity : atMs - startedAt[index]!;
  });
  const overhead = claims.flatMap(({ claimedMs, askedMs }) =>
    askedMs === null ? [] : [askedMs - claimedMs],
  );
  const rate = meanRate(claimed);
  return [
    upTo(`${RATE} calls a second allowed: claims in the fullest second`, '', mostInASecond(claimed), RATE, 0),
    atLeast('the same: claims a second on average', '', rate === null ? null : Number(rate.toFixed(1)), 47),
    near('the same: arrivals at Twilio a second', '', meanRate(arrived), rate ?? 0, (rate ?? 0) / 10),
    told('the same: arrivals in the fullest second', '', mostInASecond(arrived)),
    told('the same: calls', '', claims.length),
    upTo('from claim to the request, p99', 'ms', quantileOf(overhead, 0.99), 50),
    told('the same, p50', 'ms', quantileOf(overhead, 0.5), 1),
    below(
      'a huge campaign runs: first call of another business after its start, the latest',
      's',
      Number((Math.max(...delays) / 1000).toFixed(2)),
      2,
    ),
    upTo('last call of a campaign after its pause', 's', Math.max(0, lastOfHuge - pausedAt) / 1000, 1, 2),
  ];
};

/** One call a second for the account, over three workers. */
export const slowRateFigures = async (world: DialerWorld, calls: number): Promise<Figure[]> => {
  await world.setWorkers({ ACCOUNT_CALLS_PER_SECOND: '1', BUSINESS_CONCURRENT_CALLS: '10000' });
  const numbers = numbersOf(3, calls);
  await describePeople(world, numbers, () => talksFor(TALK_MS));
  const id = await world.draft({ businessId: businessOf(900) });
  await world.upload(id, numbers);
  const before = (await world.arrivals()).length;
  await world.start(id);
  const arrived = await eventually(
    async () => {
      const all = (await world.arrivals()).slice(before).map(({ atMs }) => atMs);
      if (all.length < calls) throw new Error(`${all.length} of ${calls} calls`);
      return all;
    },
    calls * 1000 + 30_000,
  );
  const claimed = (await world.claims([id])).map(({ claimedMs }) => claimedMs);
  const gap = leastGapMs(claimed);
  return [
    atLeast('1 call a second allowed: least time between claims', 's', seconds(gap), 1),
    atLeast('the same: least time between arrivals at Twilio', 's', seconds(leastGapMs(arrived)), 0.9),
    told('the same: calls a second', '', meanRate(claimed), 3),
  ];
};

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms) / 1000);

export const businessOf = (index: number): string =>
  `019a0000-0000-7000-8000-${String(index).padStart(12, '0')}`;

/** Three people each, of a business of its own each. */
const smallCampaigns = async (
  world: DialerWorld,
  count: number,
): Promise<{ id: string; numbers: string[] }[]> => {
  const all = numbersOf(2, count * 3);
  await describePeople(world, all, () => talksFor(TALK_MS));
  const campaigns: { id: string; numbers: string[] }[] = [];
  for (let index = 0; index < count; index++) {
    const numbers = all.slice(index * 3, index * 3 + 3);
    const id = await world.draft({ businessId: businessOf(index + 1) });
    await world.upload(id, numbers);
    campaigns.push({ id, numbers });
  }
  return campaigns;
};

/** When the first call reached Twilio; throws before. */
const firstArrival = async (world: DialerWorld, numbers: readonly string[]): Promise<number> => {
  const arrival = (await world.arrivals()).find(({ to }) => to === numbers[0]);
  if (!arrival) throw new Error('no call yet');
  return arrival.atMs;
};
