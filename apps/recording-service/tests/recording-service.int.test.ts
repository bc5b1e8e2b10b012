/** Long: one start of the service and of what stands around it serves all that is seen of it as a process. */
import {
  deleteCall,
  downloadCallRecording,
  getCall,
  getCallRecording,
  getCallTranscript,
  listCalls,
  listCallTurns,
  retryTranscription,
  startCallRecording,
  topics,
  type Call,
  type Transcript,
} from '@frontdesk/contracts';
import { mintServiceToken, ServiceClient } from '@frontdesk/http';
import { connectKafka, type MessageBus } from '@frontdesk/messaging';
import { silentLogger } from '@frontdesk/observability';
import { sayAndRecord } from '@frontdesk/telephony';
import {
  createTestDatabase,
  DatabaseDoor,
  eventually,
  freePort,
  OpenAiSim,
  type RunningProcess,
  runMigrate,
  spawnService,
  SpawnedProcess,
  spawnTool,
  SIMULATED_ACCOUNT_SID,
  type TestDatabase,
  TwilioSim,
} from '@frontdesk/test-harness';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUSINESS, eventsOfCall } from './fixtures';

/** The service as a process between a real PostgreSQL, the broker and both simulators; only the gateway is played here. */

const PUBLIC_URL = 'https://frontdesk.example';
const TOKEN = 'a-secret-for-the-services-of-this-test';
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
const NUMBER = '+97231112222';

const fallbackTwiml = sayAndRecord({
  prompt: { say: 'leave a message', language: 'en-US' },
  actionUrl: `${PUBLIC_URL}/webhook/handle_recording`,
  recordingStatusCallbackUrl: `${PUBLIC_URL}/webhook/recording_status#rc=3&rp=ct,rt,5xx`,
  maxLengthSec: 30,
  silenceSec: 2,
});
const conversationTwiml =
  '<Response><Pause length="3"/><Say>we open at nine tomorrow</Say><Pause length="2"/></Response>';

let folder: string;
let database: TestDatabase;
let door: DatabaseDoor;
let gateway: Server;
let processes: RunningProcess[];
let service: RunningProcess;
let twilio: TwilioSim;
let openAi: OpenAiSim;
let client: ServiceClient;
let bus: MessageBus;
let twiml = fallbackTwiml;
let env: Record<string, string>;
/** A conversation that was held, recorded and transcribed. */
let plain: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recording-service-'));
  chmodSync(folder, 0o755);
  processes = [];
  database = await createTestDatabase();
  door = await DatabaseDoor.open(database.url);
  gateway = createServer((_request, response) => response.setHeader('content-type', 'text/xml').end(twiml));
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const serviceUrl = `http://127.0.0.1:${await freePort()}`;

  const start = async (name: string, env: Record<string, string>): Promise<string> => {
    const tool = await spawnTool(name, {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: join(folder, name),
      ...env,
    });
    processes.push(tool);
    return `http://127.0.0.1:${tool.listeningLine.port}`;
  };
  const kafka = (await start('embedded-kafka', {})).slice('http://'.length);
  openAi = new OpenAiSim(await start('openai-simulator', {}));
  const router = await start('public-router', {
    MEDIA_GATEWAY_URL: gatewayUrl,
    OUTBOUND_DIALER_URL: gatewayUrl,
    RECORDING_SERVICE_URL: serviceUrl,
  });
  twilio = new TwilioSim(
    await start('twilio-simulator', {
      TWILIO_SIM_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_SIM_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_SIM_ROUTES: `frontdesk.example=${router}`,
    }),
  );
  env = {
    PORT: new URL(serviceUrl).port,
    HOST: '127.0.0.1',
    PUBLIC_URL,
    DATABASE_URL: door.url,
    KAFKA_BROKERS: kafka,
    INTERNAL_API_TOKEN: TOKEN,
    TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_BASE_URL: twilio.baseUrl,
    OPENAI_API_KEY: 'sk-simulated-0000000000000000',
    OPENAI_BASE_URL: `${openAi.baseUrl}/v1`,
    RECORDING_CACHE_DIR: join(folder, 'recordings'),
    RECONCILE_INTERVAL_MS: '500',
    RECONCILE_AFTER_MS: '1000',
  };
  await runMigrate('recording-service', env);
  service = await spawnService('recording-service', env);
  processes.push(service);
  client = new ServiceClient({
    baseUrl: serviceUrl,
    audience: 'recording-service',
    subject: 'test',
    secrets: [TOKEN],
    timeoutMs: 10_000,
  });
  bus = await connectKafka({ brokers: [kafka], clientId: 'test', logger: silentLogger });
  await twilio.addNumber({ number: NUMBER, voiceUrl: `${PUBLIC_URL}/webhook/incoming_call` });
}, 90_000);

afterAll(async () => {
  await bus?.[Symbol.asyncDispose]();
  await client?.[Symbol.asyncDispose]();
  for (const child of processes.reverse()) await child[Symbol.asyncDispose]();
  gateway?.closeAllConnections();
  gateway?.close();
  await door?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const tell = async (callSid: string, count = 1): Promise<void> => {
  const events = eventsOfCall(callSid).slice(0, count);
  await bus.publish(
    events.map((event) => ({
      topic: topics.callEvents.name,
      key: callSid,
      value: { ...event, accountSid: SIMULATED_ACCOUNT_SID },
    })),
  );
};
const transcriptOf = (callSid: string): Promise<Transcript> =>
  eventually(async () => {
    const { transcripts } = await client.call(getCallTranscript, { params: { sid: callSid } });
    expect(transcripts).toEqual([expect.objectContaining({ status: 'completed' })]);
    return transcripts[0] as Transcript;
  }, 60_000);
const callOf = (callSid: string): Promise<Call> => client.call(getCall, { params: { sid: callSid } });
const headersFor = (businessIds: string[] | '*'): Record<string, string> => ({
  authorization: `Bearer ${mintServiceToken({ sub: 'dana', role: 'operator', businessIds, aud: 'recording-service' }, [TOKEN])}`,
});
const urlOf = (path: string): string => `http://127.0.0.1:${service.listeningLine.port}${path}`;

/** A request as Twilio signs it. */
const signed = (path: string, form: Record<string, string>): Promise<Response> => {
  const data = Object.keys(form)
    .sort()
    .reduce((sum, name) => sum + name + form[name], PUBLIC_URL + path);
  return fetch(urlOf(path), {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { 'x-twilio-signature': createHmac('sha1', AUTH_TOKEN).update(data).digest('base64') },
  });
};
describe('a message left on the fallback', () => {
  let callSid: string;

  it('is recorded, fetched once although Twilio is not ready at first, and transcribed', async () => {
    twiml = fallbackTwiml;
    await twilio.fault({ name: 'recording-not-ready', count: 1, params: { times: 4 } });
    callSid = await twilio.ring({
      from: '+972501234567',
      to: NUMBER,
      script: [{ waitForSilenceMs: 600, timeoutMs: 20_000 }, { say: 'please call me back tomorrow' }],
    });
    await tell(callSid);
    const book = await twilio.callOver(callSid);
    expect(book.heardText).toContain('Thank you, we have your message');
    const transcript = await transcriptOf(callSid);
    expect(transcript).toMatchObject({ kind: 'message', text: 'please call me back tomorrow' });
    expect(transcript.segments).toEqual([expect.objectContaining({ speaker: 'caller' })]);
    const call = await callOf(callSid);
    expect(call).toMatchObject({ businessId: BUSINESS, direction: 'inbound', from: '+972501234567' });
    expect(call.recordings).toEqual([
      expect.objectContaining({ kind: 'message', status: 'completed', url: call.recordingUrl }),
    ]);
    const downloads = readdirSync(join(folder, 'recordings'));
    expect(downloads).toEqual([`${callSid}.${call.recordings[0]!.recordingSid}.wav`]);
  });

  it('is played back by ranges and downloaded as a file', async () => {
    const whole = await client.bytes(getCallRecording, { params: { sid: callSid } });
    expect(whole.toString('latin1', 0, 4)).toBe('RIFF');
    const path = `/api/calls/${callSid}/recording`;
    const part = await fetch(urlOf(path), { headers: { ...headersFor('*'), range: 'bytes=4-11' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 4-11/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(4, 12));
    const head = await fetch(urlOf(path), { method: 'HEAD', headers: headersFor('*') });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    const beyond = await fetch(urlOf(path), {
      headers: { ...headersFor('*'), range: `bytes=${whole.length}-` },
    });
    expect(beyond.status).toBe(416);
    const file = await client.bytes(downloadCallRecording, { params: { sid: callSid } });
    expect(file).toEqual(whole);
  });

  it('is seen by its own business and by no other', async () => {
    const read = async (path: string, businessIds: string[]): Promise<number> =>
      (await fetch(urlOf(path), { headers: headersFor(businessIds) })).status;
    const other = ['01900000-0000-7000-8000-000000000000'];
    for (const part of ['', '/recording', '/download', '/transcript', '/turns']) {
      expect(await read(`/api/calls/${callSid}${part}`, [BUSINESS])).toBe(200);
      expect(await read(`/api/calls/${callSid}${part}`, other)).toBe(404);
    }
    const list = await fetch(urlOf('/api/calls'), { headers: headersFor(other) });
    expect(await list.json()).toEqual({ calls: [], nextCursor: null });
  });

  it('is not transcribed again while there is nothing wrong with it', async () => {
    const { id } = await transcriptOf(callSid);
    await expect(client.call(retryTranscription, { params: { id } })).rejects.toMatchObject({ status: 409 });
  });

  it('is deleted everywhere: no replica serves it any more, and none keeps its file', async () => {
    const [recording] = (await callOf(callSid)).recordings;
    const otherFolder = join(folder, 'recordings-of-another-replica');
    await using other = await spawnService('recording-service', {
      ...env,
      PORT: '0',
      RECORDING_CACHE_DIR: otherFolder,
    });
    const playedByOther = async (): Promise<number> => {
      const url = `http://127.0.0.1:${other.listeningLine.port}/api/calls/${callSid}/recording`;
      const answer = await fetch(url, { headers: headersFor('*') });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await playedByOther()).toBe(200);
    expect(readdirSync(otherFolder)).toHaveLength(1);
    await client.call(deleteCall, { params: { sid: callSid } });
    await expect(callOf(callSid)).rejects.toMatchObject({ status: 404 });
    expect(readdirSync(join(folder, 'recordings'))).toEqual([]);
    expect(await playedByOther()).toBe(404);
    await eventually(() => expect(readdirSync(otherFolder)).toEqual([]));
    const atTwilio = await fetch(
      `${twilio.baseUrl}/2010-04-01/Accounts/${SIMULATED_ACCOUNT_SID}/Recordings/${recording!.recordingSid}.json`,
      {
        headers: {
          authorization: `Basic ${Buffer.from(`${SIMULATED_ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
        },
      },
    );
    expect(atTwilio.status).toBe(404);
  });
});

describe('a conversation', () => {
  let lost: string;
  let doubled: string;

  const talk = async (fault?: string): Promise<string> => {
    const callSid = await twilio.ring({
      from: '+972501234567',
      to: NUMBER,
      script: [{ pauseMs: 1_000 }, { say: 'when do you open' }, { waitForSilenceMs: 500 }, { hangUp: true }],
    });
    if (fault)
      await twilio.fault({ name: fault, callSid, count: 1, params: { event: 'recording-completed' } });
    await eventually(async () => expect((await twilio.book(callSid)).status).toBe('in-progress'));
    const body = { businessId: BUSINESS, accountSid: SIMULATED_ACCOUNT_SID };
    const start = (): Promise<{ recordingSid: string }> =>
      client.call(startCallRecording, { params: { sid: callSid }, body });
    const first = await start();
    expect(await start()).toEqual(first);
    await tell(callSid, 10);
    await twilio.callOver(callSid);
    return callSid;
  };
  const bySpeaker = ({ segments }: Transcript): Record<string, string> =>
    Object.fromEntries(segments.map(({ speaker, text }) => [speaker, text]));

  beforeAll(async () => {
    twiml = conversationTwiml;
    [plain, lost, doubled] = (await Promise.all([
      talk(),
      talk('callback-dropped'),
      talk('callback-duplicated'),
    ])) as [string, string, string];
  });

  it('is recorded once, in two channels, and transcribed with each side told apart', async () => {
    expect(bySpeaker(await transcriptOf(plain))).toEqual({
      caller: 'when do you open',
      agent: 'we open at nine tomorrow',
    });
    const call = await callOf(plain);
    expect(call).toMatchObject({
      endReason: 'caller-hung-up',
      recordingUrl: call.recordings[0]!.url,
      recordings: [{ kind: 'conversation', channels: 2, status: 'completed' }],
    });
    const { turns } = await client.call(listCallTurns, { params: { sid: plain } });
    expect(turns.map(({ said }) => said)).toEqual(['hello', 'you said hello', 'goodbye']);
  });

  it('is transcribed once when its callback comes twice', async () => {
    await transcriptOf(doubled);
    const reported = service.output.events('RECORDING_REPORTED').filter(({ callSid }) => callSid === doubled);
    expect(reported.map(({ isQueued }) => isQueued)).toEqual([true, false]);
    expect(
      await database.query('SELECT paid_requests FROM recording.transcripts WHERE call_sid = $1', [doubled]),
    ).toEqual([{ paid_requests: 2 }]);
  });

  it('is found by the reconciler when its callback is lost for good', async () => {
    expect(bySpeaker(await transcriptOf(lost)).caller).toBe('when do you open');
    expect(service.output.events('RECORDING_REPORTED').filter(({ callSid }) => callSid === lost)).toEqual([]);
  });
});

describe('the service', () => {
  it('pages through its calls, newest first', async () => {
    const first = await client.call(listCalls, { query: { limit: 2 } });
    expect(first.calls).toHaveLength(2);
    const rest = await client.call(listCalls, { query: { limit: 2, cursor: first.nextCursor! } });
    expect(rest.nextCursor).toBeNull();
    const sids = [...first.calls, ...rest.calls].map(({ callSid }) => callSid);
    expect(new Set(sids).size).toBe(3);
    const found = await client.call(listCalls, { query: { number: '501234567' } });
    expect(found.calls).toHaveLength(3);
    await expect(client.call(listCalls, { query: { cursor: 'nonsense' } })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('refuses callbacks that Twilio did not sign, and call SIDs that are paths', async () => {
    const forged = await fetch(urlOf('/webhook/recording_status'), {
      method: 'POST',
      body: new URLSearchParams({ CallSid: `CA${'0'.repeat(32)}` }),
      headers: { 'x-twilio-signature': 'forged' },
    });
    expect(forged.status).toBe(403);
    const path = await fetch(urlOf('/api/calls/..%2F..%2Fetc%2Fpasswd/recording'), {
      headers: headersFor('*'),
    });
    expect(path.status).toBe(400);
  });

  const callSid = `CA${'d'.repeat(32)}`;
  const recordingSid = `RE${'d'.repeat(32)}`;
  const callback = { CallSid: callSid, RecordingSid: recordingSid, AccountSid: SIMULATED_ACCOUNT_SID };

  it.each(['-1', '', 'abc', '99999999999', '\u0000'])(
    'takes a duration of %j for unknown',
    async (duration) => {
      const answer = await signed('/webhook/recording_status', { ...callback, RecordingDuration: duration });
      expect(answer.status).toBe(204);
      const { recordings } = await callOf(callSid);
      expect(recordings).toEqual([expect.objectContaining({ durationSeconds: null, status: 'processing' })]);
    },
  );

  it('keeps an address that recordings are not fetched from, and fetches nothing from it', async () => {
    const evil = createServer((_request, response) => response.end('x'));
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    let asked = 0;
    evil.on('request', () => (asked += 1));
    const RecordingUrl = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/recording`;
    await signed('/webhook/recording_status', { ...callback, RecordingStatus: 'completed', RecordingUrl });
    const played = await fetch(urlOf(`/api/calls/${callSid}/recording`), { headers: headersFor('*') });
    expect([played.status, asked]).toEqual([502, 0]);
    await new Promise((resolve) => evil.close(resolve));
  });

  it('shows a transcription that was given up, and runs it again by its API and by the script, each paid once', async () => {
    const { recordingUrl } = await callOf(plain);
    const givenUp = async (digit: string): Promise<{ id: string; sid: string; mend(): Promise<unknown> }> => {
      const sid = `CA${digit.repeat(32)}`;
      const form = {
        CallSid: sid,
        RecordingSid: `RE${digit.repeat(32)}`,
        AccountSid: SIMULATED_ACCOUNT_SID,
        RecordingStatus: 'completed',
        RecordingChannels: '2',
      };
      await signed('/webhook/recording_status', { ...form, RecordingUrl: 'https://elsewhere.example/RE1' });
      const id = await eventually(async () => {
        const { transcripts } = await client.call(getCallTranscript, { params: { sid } });
        expect(transcripts).toEqual([expect.objectContaining({ status: 'failed', paidRequests: 0 })]);
        return transcripts[0]!.id;
      });
      const mend = () =>
        signed('/webhook/recording_status', { ...form, RecordingUrl: recordingUrl as string });
      return { id, sid, mend };
    };
    const [byApi, byScript] = [await givenUp('e'), await givenUp('f')];
    for (const { mend } of [byApi, byScript]) await mend();
    await client.call(retryTranscription, { params: { id: byApi.id } });
    expect((await transcriptOf(byApi.sid)).text).toContain('when do you open');
    const requeue = async (): Promise<number> => {
      await using script = SpawnedProcess.spawn({
        name: 'recording-service',
        env,
        args: ['requeue-dead-letters', 'jobs'],
      });
      await script.finished();
      const said = script.output.lines.find((line) => line.includes('were put back into'));
      return Number(said?.split(' ')[0]);
    };
    // A letter is written after the transcript says `failed`.
    await eventually(async () => expect(await requeue()).toBeGreaterThanOrEqual(1), 30_000);
    expect((await transcriptOf(byScript.sid)).text).toContain('when do you open');
    for (const { sid } of [byApi, byScript])
      expect(
        await database.query('SELECT paid_requests FROM recording.transcripts WHERE call_sid = $1', [sid]),
      ).toEqual([{ paid_requests: 2 }]);
  });

  it.each([
    { CallSid: '../../etc/passwd', RecordingSid: recordingSid },
    { CallSid: callSid, RecordingSid: 'RE/../x' },
    {},
  ])('thanks and hangs up also for what names no message: %j', async (form) => {
    const answer = await signed('/webhook/handle_recording', form as Record<string, string>);
    const twiml = await answer.text();
    expect([answer.status, twiml]).toEqual([200, expect.stringMatching(/<Say.*<Hangup\/>/s)]);
    expect((await signed('/webhook/recording_status', form as Record<string, string>)).status).toBe(400);
  });

  it('answers 503 while PostgreSQL is away, thanks a caller all the same, and goes on when it is back', async () => {
    await door.shut();
    const asked = await fetch(urlOf(`/api/calls/${callSid}`), { headers: headersFor('*') });
    expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, expect.any(String)]);
    expect(asked.headers.get('content-type')).toContain('application/problem+json');
    // 5xx: Twilio tells again, as the address that it was given asks it to.
    expect((await signed('/webhook/recording_status', callback)).status).toBe(503);
    const thanks = await signed('/webhook/handle_recording', callback);
    expect([thanks.status, await thanks.text()]).toEqual([200, expect.stringContaining('<Hangup/>')]);
    expect((await fetch(urlOf('/readyz'))).status).toBe(503);
    await door.reopen();
    await eventually(() => callOf(callSid));
    expect((await signed('/webhook/recording_status', callback)).status).toBe(204);
    expect(service.output.events('HANDLER_FAILED')).toEqual([]);
  });

  it('writes numbers masked and the call SID on the lines of a call', () => {
    const said = service.output.lines.join('\n');
    expect(said).not.toContain('1234567"');
    expect(service.output.events('TRANSCRIBED')[0]).toMatchObject({ callSid: expect.stringMatching(/^CA/) });
  });
});
