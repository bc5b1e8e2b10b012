import { type ServiceClient } from '@frontdesk/http';
import { silentLogger } from '@frontdesk/observability';
import { newId } from '@frontdesk/runtime';
import { type TwilioCalls } from '@frontdesk/telephony';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectEvent } from '../src/call-log/project-event';
import { CallEraser } from '../src/deletion/delete-call';
import { type RecordingFiles } from '../src/files/recording-files';
import { applyReport } from '../src/recording/apply-report';
import { ProfileRetention } from '../src/retention/profile-retention';
import { RetentionJob } from '../src/retention/retention-job';
import {
  apply,
  BUSINESS,
  eventsOfCall,
  newCallSid,
  newRecordingSid,
  openFiles,
  openStore,
  reportOf,
  scriptedTwilio,
  type Store,
  twilioAfter,
} from './fixtures';

let store: Store;
let folder: string;
let files: RecordingFiles;

beforeAll(async () => {
  store = await openStore();
  folder = await mkdtemp(join(tmpdir(), 'recordings-'));
  files = await openFiles(folder);
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const project = async (events: ReturnType<typeof eventsOfCall>): Promise<void> => {
  for (const event of events)
    await store.database.transaction((manager) => projectEvent(manager, event, 60_000));
};
const rowsAbout = async (callSid: string): Promise<number> =>
  (await store.rows('SELECT 1 FROM calls WHERE call_sid = $1', [callSid])).length;

/** What greeting-service answers, by page; null while it is away. */
let profiles: ServiceClient['call'] | null = null;
const profilesAre = (answers: object[]): void => {
  profiles = (async () => answers.shift() ?? { revision: 1000, profiles: [], deleted: [] }) as never;
};
/** A round of retention; false when it could not be. */
const runRetention = async (script: Partial<TwilioCalls>): Promise<boolean> => {
  const { database } = store;
  const away: ServiceClient['call'] = () => Promise.reject(new Error('greeting-service is away'));
  const followed = new ProfileRetention({ database, greetings: { call: profiles ?? away } });
  const eraser = new CallEraser({ database, accounts: scriptedTwilio(script), files, logger: silentLogger });
  const followProfiles = (): Promise<void> => followed.follow();
  const job = new RetentionJob({ database, eraser, followProfiles, logger: silentLogger });
  return await job.runOnce().then(
    () => true,
    () => false,
  );
};

describe('retention', () => {
  const snapshot = (retentionDays: number | null) => ({ id: BUSINESS, retentionDays });
  const answer = (revision: number, retentionDays: number | null, more = false): object => ({
    revision,
    profiles: [snapshot(retentionDays)],
    deleted: [],
    more,
  });
  /** Calls that ended so many days ago. */
  const ended = async (...days: number[]): Promise<string[]> =>
    Promise.all(
      days.map(async (ago) => {
        const callSid = newCallSid();
        await project(eventsOfCall(callSid));
        await store.rows(`UPDATE calls SET ended_at = now() - $2 * interval '1 day' WHERE call_sid = $1`, [
          callSid,
          ago,
        ]);
        return callSid;
      }),
    );
  const isKept = (callSids: string[]): Promise<boolean[]> =>
    Promise.all(callSids.map(async (callSid) => (await rowsAbout(callSid)) > 0));
  const set = (days: number | null): Promise<unknown> =>
    days === null
      ? store.rows('DELETE FROM retention')
      : store.rows('INSERT INTO retention (business_id, days) VALUES ($1, $2)', [BUSINESS, days]);
  const deletesAll = twilioAfter([]);
  afterEach(async () => {
    profiles = null;
    await set(null);
    await store.rows('DELETE FROM profile_retention');
    await store.rows('UPDATE profiles_seen SET revision = 0');
  });

  it('deletes what a profile no longer keeps, at Twilio too, and nothing of a business that keeps all', async () => {
    const [old, fresh, others] = await ended(31, 29, 31);
    await store.database.transaction((manager) =>
      applyReport(manager, reportOf(old!, newRecordingSid()), apply),
    );
    await store.rows(`UPDATE calls SET business_id = $2 WHERE call_sid = $1`, [others, newId()]);
    profilesAre([answer(5, 30)]);
    const deleted: string[] = [];
    await runRetention(twilioAfter(deleted));
    expect(await isKept([old!, fresh!, others!])).toEqual([false, true, true]);
    expect(deleted).toHaveLength(1);
  });

  it('follows the profiles to the last page and from then on by revision', async () => {
    const asked: unknown[] = [];
    const answers = [answer(5, 400, true), answer(9, 30), answer(12, null)];
    profiles = (async (_endpoint: unknown, { query }: { query: { since: number } }) => {
      asked.push(query.since);
      return answers.shift();
    }) as never;
    const calls = await ended(31, 32);
    await runRetention(deletesAll);
    expect(await isKept(calls)).toEqual([false, false]);
    const later = await ended(31);
    await runRetention(deletesAll);
    expect(asked).toEqual([0, 5, 9]);
    expect(await isKept(later)).toEqual([true]);
  });

  it('deletes nothing while nobody can tell what the profiles say now', async () => {
    const calls = await ended(31);
    profilesAre([answer(5, 30)]);
    await runRetention({});
    profiles = null;
    const expired = await ended(32);
    await runRetention({});
    expect(await isKept(expired)).toEqual([true]);
    // Meanwhile the business decided to keep its calls for longer.
    profilesAre([answer(6, 60)]);
    await runRetention({});
    expect(await isKept([...calls, ...expired])).toEqual([false, true]);
  });

  it('keeps for longer what was set to be kept for longer, and for so long where the profile says nothing', async () => {
    await set(60);
    profilesAre([answer(5, 30), answer(6, null)]);
    const calls = await ended(31, 61);
    await runRetention(deletesAll);
    expect(await isKept(calls)).toEqual([true, false]);
    const more = await ended(31, 61);
    await runRetention(deletesAll);
    expect(await isKept(more)).toEqual([true, false]);
  });

  it('believes profiles that come from a backup, and forgets what was said after it', async () => {
    profilesAre([answer(50, 30)]);
    await runRetention({});
    profilesAre([{ revision: 7, profiles: [], deleted: [] }]);
    const calls = await ended(31);
    await runRetention({});
    expect(await isKept(calls)).toEqual([true]);
    expect(await store.rows('SELECT revision::int FROM profiles_seen')).toEqual([{ revision: 7 }]);
  });
});
