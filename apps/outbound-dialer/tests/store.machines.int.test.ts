import { type ServiceClient } from '@frontdesk/http';
import { type TwilioAccounts, type TwilioCall } from '@frontdesk/telephony';
import { applyStatus } from '../src/attempts/apply-status';
import { MachinePolicy } from '../src/machines/machine-policy';
import { noteVerdict } from '../src/machines/note-verdict';
import { countProgress } from '../src/store/queries/count-progress';
import { type AttemptRow, type CampaignRow } from '../src/store/rows';

import { accountSid, reconcilerWith, database, events, rows, running } from './dialer-store';

describe('a machine', () => {
  const answeredBy = (sid: string, verdict: string): Promise<boolean> =>
    database.transaction(async (manager) => {
      const [attempt] = await manager.query<AttemptRow[]>('SELECT * FROM attempts');
      return noteVerdict(manager, attempt!.id, { callSid: sid, answeredBy: verdict }, 1000);
    });
  const callSid = `CA${'a'.repeat(32)}`;
  const inProgress = async (policy: string): Promise<CampaignRow> => {
    const campaign = await running(['+972501110060']);
    await rows('UPDATE campaigns SET machine_policy = $1', [policy]);
    await rows(`UPDATE attempts SET state = 'in-progress', call_sid = $1`, [callSid]);
    return campaign;
  };

  it('that answers is hung up on, once and for all, and the call ends as one of a machine', async () => {
    const campaign = await inProgress('hang-up');
    const updates: unknown[] = [];
    const policy = new MachinePolicy({
      database,
      events,
      gateway: {} as ServiceClient,
      accounts: {
        defaultAccountSid: accountSid,
        account: () => ({ updateCall: (...args: unknown[]) => Promise.resolve(updates.push(args)) }),
      } as unknown as TwilioAccounts,
    });
    await answeredBy(callSid, 'machine_start');
    expect(await answeredBy(callSid, 'human')).toBe(false);
    await policy.tick();
    await policy.tick();
    expect(updates).toEqual([[callSid, { status: 'completed' }]]);
    const [attempt] = await rows<AttemptRow>('SELECT * FROM attempts');
    const report = { callSid, status: 'completed', sequence: 3, reason: null };
    await applyStatus(database.dataSource.manager, attempt!.id, report, 1000);
    expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({ machine: 1 });
  });

  it('is treated again when the gateway did not answer, and no more when the call is over', async () => {
    await inProgress('leave-message');
    let asked = 0;
    const policy = new MachinePolicy({
      database,
      events,
      gateway: { call: () => Promise.reject(new Error(`away ${++asked}`)) } as unknown as ServiceClient,
      accounts: {} as TwilioAccounts,
    });
    await answeredBy(callSid, 'machine_end_beep');
    await policy.tick();
    await rows(`UPDATE attempts SET machine_check_at = now()`);
    await policy.tick();
    await rows(`UPDATE attempts SET machine_check_at = now(), state = 'done', outcome = 'machine'`);
    await policy.tick();
    expect(asked).toBe(2);
    expect(await rows('SELECT 1 FROM attempts WHERE machine_check_at IS NOT NULL')).toEqual([]);
  });

  it('whose verdict comes after the call corrects how it ended', async () => {
    const campaign = await inProgress('hang-up');
    await rows(`UPDATE attempts SET state = 'done', outcome = 'answered'`);
    await rows(`UPDATE contacts SET outcome = 'answered'`);
    await answeredBy(callSid, 'machine_start');
    expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({ machine: 1 });
    expect(await rows('SELECT 1 FROM attempts WHERE machine_check_at IS NOT NULL')).toEqual([]);
  });

  it.each(['planned', 'published', 'claimed', 'asked', 'unknown', 'accepted', 'ringing'])(
    'whose verdict is the first message of an attempt that is %s takes it to the call: it is never dialled again',
    async (state) => {
      const campaign = await inProgress('hang-up');
      await rows(`UPDATE attempts SET state = $1, call_sid = NULL, asked_at = now(), check_at = now()`, [
        state,
      ]);
      expect(await answeredBy(callSid, 'machine_start')).toBe(true);
      expect(await rows('SELECT state, call_sid FROM attempts')).toEqual([
        { state: 'in-progress', call_sid: callSid },
      ]);
      await rows(`UPDATE attempts SET check_at = now() - interval '1 second'`);
      await reconcilerWith(() => ({
        fetchCall: () => Promise.resolve({ sid: callSid, status: 'completed' } as TwilioCall),
      })).tick();
      expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({
        machine: 1,
      });
    },
  );
});
