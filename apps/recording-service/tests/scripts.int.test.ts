import { kafkaBrokers, runMigrate, SIMULATED_ACCOUNT_SID, SpawnedProcess } from '@frontdesk/test-harness';
import { silentLogger } from '@frontdesk/observability';
import { Database } from '@frontdesk/persistence';
import { createTestDatabase, type TestDatabase } from '@frontdesk/test-harness';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCHEMA } from '../src/app';
import { applyReport } from '../src/recording/apply-report';
import { entities } from '../src/store/entities';
import { migrations } from '../src/store/migrations';
import { apply, newCallSid, newRecordingSid, reportOf } from './fixtures';

/** Operators' scripts as an operator runs them: the bundle, with the service's environment. */

let folder: string;
let test: TestDatabase;
let database: Database;
let twilio: Server;
let env: Record<string, string>;
const asked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scripts-'));
  test = await createTestDatabase();
  twilio = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`);
    if (request.method === 'DELETE') response.writeHead(204).end();
    else if (request.url?.includes('/Recordings.json'))
      response.setHeader('content-type', 'application/json').end('{"recordings":[]}');
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":20404,"status":404}');
  });
  await new Promise<void>((resolve) => twilio.listen(0, '127.0.0.1', resolve));
  env = {
    PUBLIC_URL: 'https://frontdesk.example',
    DATABASE_URL: test.url,
    KAFKA_BROKERS: kafkaBrokers().join(','),
    INTERNAL_API_TOKEN: 'a-secret-for-the-services-of-this-test',
    TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
    TWILIO_API_BASE_URL: `http://127.0.0.1:${(twilio.address() as AddressInfo).port}`,
    OPENAI_API_KEY: 'sk-simulated-0000000000000000',
    RECORDING_CACHE_DIR: join(folder, 'recordings'),
  };
  await runMigrate('recording-service', env);
  const options = { url: test.url, schema: SCHEMA, migrations, entities, logger: silentLogger };
  database = await Database.connect(options);
}, 90_000);

afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
  twilio?.closeAllConnections();
  twilio?.close();
  await test?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** What the script said, without log lines. */
const run = async (...args: string[]): Promise<string> => {
  await using script = SpawnedProcess.spawn({ name: 'recording-service', env, args });
  await script.finished();
  return script.output.lines.filter((line) => !line.startsWith('{')).join('\n');
};
const recorded = async (): Promise<{ callSid: string; sid: string }> => {
  const [callSid, sid] = [newCallSid(), newRecordingSid()];
  const report = reportOf(callSid, sid, { accountSid: SIMULATED_ACCOUNT_SID });
  await database.transaction((manager) => applyReport(manager, report, apply));
  return { callSid, sid };
};
const rows = <T>(sql: string, values: unknown[]): Promise<T[]> =>
  database.dataSource.manager.query<T[]>(sql, values);

describe("operators' scripts", () => {
  it('transcribe again what failed, and recordings by name', async () => {
    const { callSid, sid } = await recorded();
    const { sid: other } = await recorded();
    await rows(
      `UPDATE transcripts SET status = 'failed', attempts = 14, answers = '{"0.0": {"text": "x", "language": null}}'
       WHERE recording_sid = $1`,
      [sid],
    );
    const state = (): Promise<object[]> =>
      rows(`SELECT status, attempts, answers = '{}' AS fresh FROM transcripts WHERE recording_sid = $1`, [
        sid,
      ]);
    expect(await run('retranscribe', 'failed')).toBe('1 transcriptions were given out again');
    expect(await state()).toEqual([{ status: 'queued', attempts: 0, fresh: false }]);
    expect(await rows('SELECT 1 FROM outbox WHERE key = $1', [callSid])).toHaveLength(2);
    expect(await run('retranscribe', sid, other)).toBe('2 transcriptions were given out again');
    expect(await state()).toEqual([{ status: 'queued', attempts: 0, fresh: true }]);
  });

  it('put dead letters back', async () => {
    expect(await run('requeue-dead-letters', 'jobs')).toMatch(
      /^\d+ messages were put back into recording.jobs.v1$/,
    );
  });

  it('ask Twilio now, and delete a call everywhere', async () => {
    const { callSid, sid } = await recorded();
    expect(await run('reconcile-now', callSid)).toBe('Twilio was asked about 1 calls');
    expect(asked).toContain(`GET /2010-04-01/Accounts/${SIMULATED_ACCOUNT_SID}/Calls/${callSid}.json`);
    expect(await run('delete-call', callSid)).toBe('1 calls were deleted');
    expect(asked).toContain(`DELETE /2010-04-01/Accounts/${SIMULATED_ACCOUNT_SID}/Recordings/${sid}.json`);
    expect(await rows('SELECT 1 FROM calls WHERE call_sid = $1', [callSid])).toEqual([]);
  });

  it('say in one line what they need', async () => {
    await expect(run('retranscribe')).rejects.toThrow('retranscribe needs `failed`, or recording SIDs');
    await expect(run('delete-call', '../../etc')).rejects.toThrow('must be CA and 32 hex digits');
  });
});
