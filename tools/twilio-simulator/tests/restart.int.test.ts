import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import twilio from 'twilio';
import { ACCOUNT_SID, AUTH_TOKEN, SimFixture } from './sim-fixture';
import { until } from './test-app';

describe('a restart with a data folder', () => {
  it('keeps numbers, calls and recordings', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'twilio-simulator-test-'));
    const first = await SimFixture.start({ DATA_DIR: dir });
    first.app.answers = {
      '/voice': () =>
        '<Response><Record timeout="1" playBeep="false" action="/done" recordingStatusCallback="/recording"/></Response>',
      '/done': () => '<Response/>',
    };
    const callSid = await first.ring([{ pauseMs: 100 }, { say: 'keep this' }]);
    await until('recording', () => first.app.requestsTo('/recording').length > 0);
    await until('end', async () => (await first.book(callSid)).status === 'completed');
    await first[Symbol.asyncDispose]();

    const second = await SimFixture.start({ DATA_DIR: dir });
    const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
    client.api.baseUrl = second.base;
    expect((await client.calls(callSid).fetch()).status).toBe('completed');
    expect((await client.calls.list()).map(({ sid }) => sid)).toEqual([callSid]);
    const [recording] = await client.recordings.list({ callSid });
    expect(recording).toMatchObject({ callSid, status: 'completed', source: 'RecordVerb' });
    const media = await fetch(
      `${second.base}/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings/${recording?.sid}.wav`,
      {
        headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
      },
    );
    expect(media.headers.get('content-type')).toBe('audio/x-wav');
    const { numbers } = await second.control<{ numbers: unknown[] }>('GET', 'numbers');
    expect(numbers).toHaveLength(1);
    await second[Symbol.asyncDispose]();
    await rm(dir, { recursive: true });
  });
});
