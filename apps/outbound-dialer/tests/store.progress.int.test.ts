import { cancelOpen } from '../src/campaigns/transitions';
import { uploadContacts } from '../src/campaigns/upload-contacts';
import { countProgress, joinProgress } from '../src/store/queries/count-progress';
import { type CampaignRow } from '../src/store/rows';

import { database, rows, running, upload } from './dialer-store';

describe('progress', () => {
  /** The counters as they should be, counted from the rows themselves. */
  const counted = async ({ id }: CampaignRow) => {
    const [row] = await rows<Record<'queued' | 'dialling' | 'inProgress' | 'done', number>>(
      `SELECT
         count(*) FILTER (WHERE contact.outcome IS NULL AND state IN ('planned', 'published'))::int AS queued,
         count(*) FILTER (WHERE contact.outcome IS NULL
           AND state IN ('claimed', 'asked', 'unknown', 'accepted', 'ringing'))::int AS dialling,
         count(*) FILTER (WHERE contact.outcome IS NULL AND state = 'in-progress')::int AS "inProgress",
         count(*) FILTER (WHERE contact.outcome IS NOT NULL)::int AS done
       FROM contacts AS contact
       LEFT JOIN attempts ON attempts.contact_id = contact.id AND attempts.state <> 'done'
       WHERE contact.campaign_id = $1`,
      [id],
    );
    return row;
  };

  it('equals the rows after every kind of move, also when its counters are joined meanwhile', async () => {
    const { manager } = database.dataSource;
    const campaign = await running(
      Array.from({ length: 12 }, (_, n) => `+97250222${String(n).padStart(4, '0')}`),
    );
    expect(await countProgress(manager, campaign.id)).toMatchObject({ queued: 12, done: 0 });
    const states = [
      'published',
      'claimed',
      'asked',
      'unknown',
      'accepted',
      'ringing',
      'in-progress',
      'planned',
    ];
    for (const [step, state] of [...states, ...states].entries()) {
      await rows(
        `UPDATE attempts SET state = $1 WHERE id IN (SELECT id FROM attempts WHERE campaign_id = $2 AND state <> 'done'
           ORDER BY id OFFSET $3 LIMIT 3)`,
        [state, campaign.id, step % 5],
      );
      if (step % 6 === 5) await joinProgress(manager, 1);
      expect(await countProgress(manager, campaign.id)).toMatchObject((await counted(campaign))!);
    }
    await database.transaction((inside) => cancelOpen(inside, campaign.id));
    const now = await countProgress(manager, campaign.id);
    expect(now).toMatchObject((await counted(campaign))!);
    expect(now.byOutcome).toEqual({ canceled: now.done });
  });

  it('counts nothing of a transaction that fails', async () => {
    const campaign = await running(['+972502220100']);
    const failed = database.transaction(async (manager) => {
      await upload(manager, campaign, ['+972502220101']);
      throw new Error('broken');
    });
    await expect(failed).rejects.toThrow('broken');
    expect(await countProgress(database.dataSource.manager, campaign.id)).toMatchObject({ queued: 1 });
  });
});

describe('an upload', () => {
  it('stores nothing when a row of a later batch is wrong, and tells every wrong row', async () => {
    const campaign = await running([]);
    const numbers = Array.from({ length: 4500 }, (_, n) => `+97250${String(3_000_000 + n)}`);
    const wrong = [...numbers.slice(0, 4400), 'nobody', numbers[0]!];
    await expect(database.transaction((manager) => upload(manager, campaign, wrong))).rejects.toMatchObject({
      status: 422,
      extras: {
        rejectedTotal: 2,
        rejected: [
          { row: 4401, reason: 'is not a telephone number' },
          { row: 4402, reason: 'is the same number as row 1' },
        ],
      },
    });
    expect(await rows('SELECT 1 FROM contacts WHERE campaign_id = $1', [campaign.id])).toHaveLength(0);
    expect(await upload(database.dataSource.manager, campaign, numbers)).toEqual({
      added: 4500,
      rejected: [],
      rejectedTotal: 0,
    });
  });

  it('refuses more rows than one upload may have', async () => {
    const campaign = await running([]);
    function* endless() {
      for (;;) yield { number: 'nobody', name: '', timeZone: null, consent: true };
    }
    const { manager } = database.dataSource;
    const options = { campaign, numberCountry: 'IL', skipInvalid: true };
    await expect(uploadContacts(manager, endless(), options)).rejects.toMatchObject({ status: 413 });
  });
});
