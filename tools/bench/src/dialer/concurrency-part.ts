import { getCampaignProgress } from '@frontdesk/contracts';
import { type Figure, told, upTo } from '@frontdesk/run-report';
import { eventually } from '@frontdesk/test-harness';
import { type DialerWorld } from './dialer-world';
import { mostAtOnce } from './moments';
import { describePeople, numbersOf, talksFor } from './people';
import { businessOf } from './rate-part';

const CAPS = { one: 5, other: 9, business: 12 };

/** Two campaigns of one business whose calls last: never more of them at once than each, and both together, may have. */
export const concurrencyFigures = async (world: DialerWorld, callsEach: number): Promise<Figure[]> => {
  await world.setWorkers({
    ACCOUNT_CALLS_PER_SECOND: '50',
    BUSINESS_CONCURRENT_CALLS: String(CAPS.business),
  });
  const numbers = numbersOf(4, callsEach * 2);
  // Calls of many lengths, so that slots are given back all the time.
  await describePeople(world, numbers, (index) => talksFor(300 + (index % 7) * 200));
  const sides = [
    { cap: CAPS.one, numbers: numbers.slice(0, callsEach) },
    { cap: CAPS.other, numbers: numbers.slice(callsEach) },
  ];
  const businessId = businessOf(901);
  const ids: string[] = [];
  for (const { cap, numbers: own } of sides) {
    const id = await world.draft({ businessId, maxConcurrentCalls: cap });
    await world.upload(id, own);
    ids.push(id);
  }
  await Promise.all(ids.map((id) => world.start(id)));
  for (const id of ids)
    await eventually(async () => {
      const { state, done } = await world.client.call(getCampaignProgress, { params: { id } });
      if (state !== 'finished') throw new Error(`${done} of ${callsEach} done`);
    }, 120_000);
  const calls = await world.twilio.calls();
  const atOnce = (own: readonly string[]): number => {
    const called = new Set(own);
    return mostAtOnce(
      calls
        .filter(({ to }) => called.has(to))
        .map(({ createdAtMs, endedAtMs }) => ({ fromMs: createdAtMs, toMs: endedAtMs ?? Infinity })),
    );
  };
  return [
    ...sides.map(({ cap, numbers: own }) =>
      upTo(`${cap} calls at once allowed to a campaign: most at once`, '', atOnce(own), cap, 0),
    ),
    upTo(
      `${CAPS.business} calls at once allowed to its business: most at once`,
      '',
      atOnce(numbers),
      CAPS.business,
      0,
    ),
    told('the same: calls', '', calls.filter(({ to }) => numbers.includes(to)).length),
  ];
};
