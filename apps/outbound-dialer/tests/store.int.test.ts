import { cancelOpen, pauseRunning } from '../src/campaigns/transitions';
import { tryLockUploads } from '../src/store/queries/lock-uploads';
import { holdTickets } from '../src/store/queries/take-ticket';

import { database, reconcilerWith, rows, running, scheduler, stateOf, states, upload } from './dialer-store';

it('neither waits for an upload to admit attempts and to pause, nor finishes the campaign under it', async () => {
  const uploading = await running(['+972501110001']);
  const emptied = await running([]);
  await database.transaction(async (manager) => {
    for (const campaign of [uploading, emptied]) {
      expect(await tryLockUploads(manager, campaign.id)).toBe(true);
      await upload(manager, campaign, ['+972501110002']);
    }
    await scheduler().tick();
    expect(await states(uploading)).toEqual(['published']);
    expect(await database.transaction((other) => pauseRunning(other, uploading.id, null))).toBeDefined();
    expect(await stateOf(emptied)).toBe('running');
  });
  await scheduler().tick();
  expect(await states(emptied)).toEqual(['published']);
});

it('finishes a campaign when nothing is left and no upload is under way', async () => {
  const campaign = await running([]);
  await scheduler().tick();
  expect(await stateOf(campaign)).toBe('finished');
});

it('ends an attempt that comes back to a campaign which was cancelled meanwhile', async () => {
  const campaign = await running(['+972501110003']);
  await rows(`UPDATE attempts SET state = 'claimed', fence = 1, lease_until = now() - interval '1 second'`);
  await database.transaction((manager) => cancelOpen(manager, campaign.id));
  await reconcilerWith(() => ({})).tick();
  expect(await states(campaign)).toEqual(['done']);
  expect(await rows('SELECT outcome FROM contacts WHERE campaign_id = $1', [campaign.id])).toEqual([
    { outcome: 'canceled' },
  ]);
});

it('admits nothing of a campaign whose next ticket is far away, so that no job of it waits in front of others', async () => {
  const [slow, quick] = [await running(['+972501110004']), await running(['+972501110005'])];
  await holdTickets(database.dataSource.manager, `campaign:${slow.id}`, 10_000);
  await scheduler().tick();
  expect(await states(slow)).toEqual(['planned']);
  expect(await states(quick)).toEqual(['published']);
});

it('decides the other attempts when one cannot be decided', async () => {
  const gone = `AC${'2'.repeat(32)}`;
  const campaigns = [await running(['+972501110006'], gone), await running(['+972501110007'])];
  await rows(`UPDATE attempts SET state = 'unknown', listings = 1, check_at = now() - interval '1 hour'`);
  await rows(`UPDATE attempts SET check_at = now() - interval '2 hours' WHERE account_sid = $1`, [gone]);
  await reconcilerWith((sid) => {
    if (sid === gone) throw new Error('no such account');
    return { listCalls: () => Promise.resolve([]) };
  }).tick();
  expect(await Promise.all(campaigns.map(states))).toEqual([['unknown'], ['planned']]);
});
