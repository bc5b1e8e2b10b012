import { silentLogger } from '@frontdesk/observability';
import { TwilioRestError, type TwilioAccounts, type TwilioCalls } from '@frontdesk/telephony';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectEvent } from '../src/call-log/project-event';
import { CallEraser } from '../src/deletion/delete-call';
import { type RecordingFiles } from '../src/files/recording-files';
import { applyReport } from '../src/recording/apply-report';
import { clearLapsedTurns, PostgresTurns } from '../src/store/download-turns';
import {
  ACCOUNT,
  apply,
  eventsOfCall,
  newCallSid,
  newRecordingSid,
  openFiles,
  openStore,
  reportOf,
  scriptedTwilio,
  type Store,
  twilioAfter,
  twilioCall,
  twilioRecording,
} from './fixtures';

let store: Store;
let folder: string;
let files: RecordingFiles;
beforeAll(async () => {
  store = await openStore();
  folder = await mkdtemp(join(tmpdir(), 'erase-'));
  files = await openFiles(folder, { maxBytes: 1_000_000 });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const tables = ['calls', 'events', 'turns', 'call_streams', 'recordings', 'recording_starts', 'transcripts'];
const rowsAbout = async (callSid: string): Promise<number> => {
  const counts = await Promise.all(
    tables.map((table) =>
      store.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE call_sid = $1`, [callSid]),
    ),
  );
  return counts.reduce((sum, [row]) => sum + (row?.n ?? 0), 0);
};
const project = async (events: ReturnType<typeof eventsOfCall>): Promise<void> => {
  for (const event of events)
    await store.database.transaction((manager) => projectEvent(manager, event, 60_000));
};
const report = (given: ReturnType<typeof reportOf>): Promise<boolean> =>
  store.database.transaction((manager) => applyReport(manager, given, apply));
const eraserWith = (accounts: TwilioAccounts, filesOf: Pick<RecordingFiles, 'remove'> = files): CallEraser =>
  new CallEraser({ database: store.database, accounts, files: filesOf, logger: silentLogger });
/** What a later round of the reconciler does about deletions that are not finished. */
const goOn = (script: Partial<TwilioCalls>): Promise<void> =>
  eraserWith(scriptedTwilio(script)).retryPending();

describe('the deletion of a call', () => {
  const fill = async (): Promise<{ callSid: string; sid: string }> => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    await project(eventsOfCall(callSid));
    await report(reportOf(callSid, sid));
    await writeFile(join(folder, `${callSid}.wav`), 'RIFF');
    return { callSid, sid };
  };

  const isDone = async (callSid: string): Promise<boolean> => {
    const [row] = await store.rows<{ done: boolean }>(
      'SELECT done_at IS NOT NULL AS done FROM erasures WHERE call_sid = $1',
      [callSid],
    );
    return row!.done;
  };

  it('reaches rows, messages on their way, the file and Twilio, and nothing brings the call back', async () => {
    const { callSid, sid } = await fill();
    const deleted: string[] = [];
    await eraserWith(scriptedTwilio(twilioAfter(deleted))).erase(callSid);
    await project(eventsOfCall(callSid));
    await report(reportOf(callSid, sid));
    expect(await rowsAbout(callSid)).toBe(0);
    expect(await store.rows('SELECT 1 FROM outbox WHERE key = $1', [callSid])).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    expect(deleted).toEqual([sid]);
    expect(await isDone(callSid)).toBe(true);
  });

  it('reaches the recordings at Twilio that no callback told of', async () => {
    const [callSid, untold] = [newCallSid(), newRecordingSid()];
    await project(eventsOfCall(callSid));
    const deleted: string[] = [];
    const asked: unknown[] = [];
    const listRecordings: TwilioCalls['listRecordings'] = async (options) => {
      asked.push(options.callSid);
      return [twilioRecording(callSid, untold, { status: 'completed' })];
    };
    await eraserWith(scriptedTwilio(twilioAfter(deleted, { listRecordings }))).erase(callSid);
    expect([asked, deleted]).toEqual([[callSid], [untold]]);
    expect(await isDone(callSid)).toBe(true);
  });

  it('is finished when the call is over, as it may be recorded until then', async () => {
    const [callSid, late] = [newCallSid(), newRecordingSid()];
    await project([eventsOfCall(callSid)[0]!]);
    const deleted: string[] = [];
    await eraserWith(
      scriptedTwilio(
        twilioAfter(deleted, { fetchCall: async (sid) => twilioCall(sid, { status: 'in-progress' }) }),
      ),
    ).erase(callSid);
    expect([await rowsAbout(callSid), await isDone(callSid), deleted]).toEqual([0, false, []]);
    await goOn(
      twilioAfter(deleted, {
        listRecordings: async (asked) => (asked.callSid === callSid ? [twilioRecording(callSid, late)] : []),
      }),
    );
    expect([await isDone(callSid), deleted]).toEqual([true, [late]]);
  });

  it('reaches Twilio while the file cannot be removed, and the file while Twilio is away', async () => {
    const one = await fill();
    const deleted: string[] = [];
    const remove = async (): Promise<void> => {
      throw new Error('the shared store is away');
    };
    await eraserWith(scriptedTwilio(twilioAfter(deleted)), { remove }).erase(one.callSid);
    expect([deleted, await isDone(one.callSid)]).toEqual([[one.sid], false]);
    const other = await fill();
    const removed: string[] = [];
    const away = scriptedTwilio({
      fetchCall: async () => {
        throw TwilioRestError.from(new Error('timeout'), 'fetch call', false);
      },
    });
    await eraserWith(away, { remove: async (stem) => void removed.push(stem) }).erase(other.callSid);
    expect([removed[0], await isDone(other.callSid)]).toEqual([other.callSid, false]);
    await goOn(twilioAfter(deleted));
    expect([await isDone(one.callSid), await isDone(other.callSid)]).toEqual([true, true]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not finished while a replica that may put the recording into the shared store has its turn', async () => {
    const { callSid, sid } = await fill();
    const turn = (await new PostgresTurns(store.database).tryTake(sid))!;
    await eraserWith(scriptedTwilio(twilioAfter([]))).erase(callSid);
    expect(await isDone(callSid)).toBe(false);
    await turn[Symbol.asyncDispose]();
    await goOn(twilioAfter([]));
    expect(await isDone(callSid)).toBe(true);
  });

  it('forgets turns that died with their replica, and none that may be held', async () => {
    for (const [sid, ago] of [
      ['RE-dead', 60],
      ['RE-alive', 1],
    ])
      await store.rows(
        `INSERT INTO download_turns VALUES ($1, gen_random_uuid(), clock_timestamp() - $2 * interval '1 second')`,
        [sid, ago],
      );
    await clearLapsedTurns(store.database);
    expect(await store.rows('SELECT recording_sid AS sid FROM download_turns')).toEqual([
      { sid: 'RE-alive' },
    ]);
    await store.rows('DELETE FROM download_turns');
  });

  it('goes on at Twilio when Twilio answers again, also for a recording that is reported late', async () => {
    const { callSid, sid } = await fill();
    const down = scriptedTwilio(
      twilioAfter([], {
        deleteRecording: async () => {
          throw TwilioRestError.from(new Error('timeout'), 'delete recording', true);
        },
      }),
    );
    await eraserWith(down).erase(callSid);
    expect(await rowsAbout(callSid)).toBe(0);
    const late = newRecordingSid();
    await report(reportOf(callSid, late));
    const deleted: string[] = [];
    await goOn(twilioAfter(deleted));
    expect(deleted.sort()).toEqual([sid, late].sort());
    await goOn({});
    expect(await isDone(callSid)).toBe(true);
  });

  it('removes the files that a process left which died right after it had deleted the rows', async () => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    await store.rows('INSERT INTO erasures (call_sid, account_sid, recording_sids) VALUES ($1, $2, $3)', [
      callSid,
      ACCOUNT,
      [sid],
    ]);
    for (const name of [`${callSid}.wav`, `${callSid}.${sid}.mp3`]) await writeFile(join(folder, name), 'x');
    await goOn(twilioAfter([]));
    expect(await readdir(folder)).toEqual([]);
  });
});
