import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTwilioAccounts, type TwilioCalls, TwilioRestError } from '../index';

const AC = `AC${'1a'.repeat(16)}`;
const CA = `CA${'2b'.repeat(16)}`;
const RE = `RE${'3c'.repeat(16)}`;

interface Seen {
  method: string;
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  authorization: string | undefined;
}
type Answer = { status: number; body?: object | string; headers?: Record<string, string> } | 'hang' | 'cut';

/** A stand-in for the REST API on loopback: answers what it is told, and remembers what it was asked. */
class FakeApi {
  readonly seen: Seen[] = [];
  answer: (seen: Seen) => Answer = () => ({ status: 200, body: {} });

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<FakeApi> {
    const server = createServer((request, response) => void api.serve(request, response));
    const api = new FakeApi(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(await text(request)),
      authorization: request.headers.authorization,
    };
    this.seen.push(seen);
    const answer = this.answer(seen);
    if (answer === 'hang') return;
    if (answer === 'cut') {
      request.socket.destroy();
      return;
    }
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.status === 204 ? undefined : body);
  }
}

describe('TwilioCalls over the twilio package', () => {
  let api: FakeApi;
  let calls: TwilioCalls;

  beforeEach(async () => {
    process.env.TWILIO_REGION = 'ie1';
    process.env.TWILIO_EDGE = 'dublin';
    api = await FakeApi.listen();
    calls = createTwilioAccounts([
      { accountSid: AC, authToken: 'secret', baseUrl: api.url, timeoutMs: 300 },
    ]).account(AC);
  });
  afterEach(async () => {
    delete process.env.TWILIO_REGION;
    delete process.env.TWILIO_EDGE;
    await api.close();
  });

  const failureOf = async (promise: Promise<unknown>): Promise<TwilioRestError> => {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TwilioRestError);
    return error as TwilioRestError;
  };
  const create = (): Promise<unknown> =>
    calls.createCall({
      to: '+972501234567',
      from: '+97231112222',
      url: 'https://h.example/webhook/outbound_call?attempt=1',
      statusCallbackUrl: 'https://h.example/webhook/dial/1/status',
      ringTimeoutSec: 25,
    });

  it('places a call with repeated events, retried callbacks and asynchronous machine detection', async () => {
    api.answer = () => ({
      status: 201,
      body: {
        sid: CA,
        account_sid: AC,
        status: 'queued',
        from: '+97231112222',
        to: '+972501234567',
        duration: null,
      },
    });
    const call = await calls.createCall({
      to: '+972501234567',
      from: '+97231112222',
      url: 'https://h.example/webhook/outbound_call',
      statusCallbackUrl: 'https://h.example/webhook/dial/1/status',
      ringTimeoutSec: 25,
      timeLimitSec: 600,
      machineDetection: {
        mode: 'DetectMessageEnd',
        statusCallbackUrl: 'https://h.example/webhook/dial/1/amd',
      },
    });
    expect(call).toMatchObject({ sid: CA, accountSid: AC, status: 'queued', durationSec: null });
    const [seen] = api.seen;
    expect(seen).toMatchObject({ method: 'POST', path: `/2010-04-01/Accounts/${AC}/Calls.json` });
    expect(seen!.authorization).toBe(`Basic ${Buffer.from(`${AC}:secret`).toString('base64')}`);
    expect(seen!.form.getAll('StatusCallbackEvent')).toEqual([
      'initiated',
      'ringing',
      'answered',
      'completed',
    ]);
    expect(Object.fromEntries(seen!.form)).toMatchObject({
      To: '+972501234567',
      From: '+97231112222',
      StatusCallback: 'https://h.example/webhook/dial/1/status#rc=3&rp=ct,rt,5xx',
      Timeout: '25',
      TimeLimit: '600',
      MachineDetection: 'DetectMessageEnd',
      AsyncAmd: 'true',
      AsyncAmdStatusCallback: 'https://h.example/webhook/dial/1/amd#rc=3&rp=ct,rt,5xx',
    });
  });

  it('redirects a call by URL or by TwiML, and ends one', async () => {
    api.answer = () => ({ status: 200, body: { sid: CA, status: 'in-progress' } });
    await calls.updateCall(CA, { url: 'https://h.example/webhook/fallback?s=1' });
    await calls.updateCall(CA, { twiml: '<Response/>' });
    await calls.updateCall(CA, { status: 'completed' });
    expect(api.seen.map((seen) => seen.path)).toEqual(
      Array.from({ length: 3 }, () => `/2010-04-01/Accounts/${AC}/Calls/${CA}.json`),
    );
    expect(api.seen.map((seen) => Object.fromEntries(seen.form))).toEqual([
      { Url: 'https://h.example/webhook/fallback?s=1', Method: 'POST' },
      { Twiml: '<Response/>' },
      { Status: 'completed' },
    ]);
  });

  it('lists calls by number and time', async () => {
    api.answer = () => ({
      status: 200,
      body: {
        calls: [
          { sid: CA, status: 'completed', duration: '17', start_time: 'Sat, 21 Nov 2026 00:00:00 +0000' },
        ],
        next_page_uri: null,
      },
    });
    const listed = await calls.listCalls({
      to: '+972501234567',
      from: '+97231112222',
      startedAfter: new Date('2026-11-20T00:00:00Z'),
      limit: 20,
    });
    expect(listed).toEqual([
      expect.objectContaining({ sid: CA, durationSec: 17, startedAt: new Date('2026-11-21T00:00:00Z') }),
    ]);
    expect(Object.fromEntries(api.seen[0]!.query)).toMatchObject({
      To: '+972501234567',
      From: '+97231112222',
      PageSize: '20',
    });
  });

  it('starts a dual-channel recording, lists, fetches and deletes recordings', async () => {
    const body = {
      sid: RE,
      call_sid: CA,
      status: 'processing',
      duration: '-1',
      channels: 2,
      source: 'StartCallRecordingAPI',
    };
    api.answer = ({ method, path }) => {
      if (method === 'DELETE')
        return { status: path.includes(RE) ? 204 : 404, body: { code: 20404, status: 404 } };
      return {
        status: 200,
        body: path.endsWith('/Recordings.json') && method === 'GET' ? { recordings: [body] } : body,
      };
    };
    const started = await calls.startRecording(CA, { statusCallbackUrl: 'https://h.example/r' });
    expect(started).toMatchObject({ sid: RE, callSid: CA, channels: 2, durationSec: null });
    expect(Object.fromEntries(api.seen[0]!.form)).toMatchObject({
      RecordingChannels: 'dual',
      RecordingStatusCallback: 'https://h.example/r#rc=3&rp=ct,rt,5xx',
    });
    expect(await calls.listRecordings({ callSid: CA, limit: 5 })).toHaveLength(1);
    expect(await calls.fetchRecording(RE)).toMatchObject({ sid: RE, status: 'processing' });
    await calls.deleteRecording(RE);
    await calls.deleteRecording(`RE${'0'.repeat(32)}`);
  });

  it('knows that a 429 did nothing, that a 500 may have, and that neither was tried twice', async () => {
    api.answer = () => ({ status: 429, body: { code: 20429, message: 'Too Many Requests', status: 429 } });
    expect(await failureOf(create())).toMatchObject({
      status: 429,
      code: 20429,
      isRetryable: true,
      outcomeUnknown: false,
    });
    api.answer = () => ({ status: 500, body: '<html>oops</html>' });
    expect(await failureOf(create())).toMatchObject({
      status: 500,
      code: null,
      isRetryable: true,
      outcomeUnknown: true,
    });
    expect(await failureOf(calls.fetchCall(CA))).toMatchObject({ isRetryable: true, outcomeUnknown: false });
    expect(api.seen).toHaveLength(3);
  });

  it('knows a call that is over, a refused number and a call that is unknown', async () => {
    api.answer = () => ({
      status: 400,
      body: { code: 21220, message: 'Call is not in-progress.', status: 400 },
    });
    expect(await failureOf(calls.updateCall(CA, { status: 'completed' }))).toMatchObject({
      isCallNotInProgress: true,
      isRetryable: false,
      outcomeUnknown: false,
    });
    api.answer = () => ({ status: 400, body: { code: 21211, message: "Invalid 'To'", status: 400 } });
    expect(await failureOf(create())).toMatchObject({
      code: 21211,
      isRetryable: false,
      isCallNotInProgress: false,
    });
    api.answer = () => ({ status: 404, body: { code: 20404, message: 'not found', status: 404 } });
    expect(await failureOf(calls.fetchCall(CA))).toMatchObject({ isNotFound: true, isRetryable: false });
  });

  it('cannot know the outcome after a time-out or a cut connection', async () => {
    for (const answer of ['hang', 'cut'] as const) {
      api.answer = () => answer;
      expect(await failureOf(create())).toMatchObject({
        status: null,
        isRetryable: true,
        outcomeUnknown: true,
      });
    }
  });

  it('knows that a refused connection did nothing', async () => {
    await api.close();
    expect(await failureOf(create())).toMatchObject({
      status: null,
      isRetryable: true,
      outcomeUnknown: false,
    });
    api = await FakeApi.listen();
  });

  it('takes the address of the media from Twilio, whichever form of the resource it sent', async () => {
    const recording = { sid: RE, call_sid: CA, status: 'completed', channels: 2 };
    api.answer = () => ({
      status: 200,
      body: { ...recording, media_url: 'https://api.twilio.com/m/RE', uri: '/x.json' },
    });
    expect((await calls.fetchRecording(RE)).url).toBe('https://api.twilio.com/m/RE');
    api.answer = () => ({ status: 200, body: { ...recording, uri: `/2010-04-01/Recordings/${RE}.json` } });
    expect((await calls.fetchRecording(RE)).url).toBe(`${api.url}/2010-04-01/Recordings/${RE}`);
  });

  it('refuses an account that is not ours', () => {
    const accounts = createTwilioAccounts([{ accountSid: AC, authToken: 'secret' }]);
    expect(accounts.defaultAccountSid).toBe(AC);
    expect(() => accounts.account(`AC${'0'.repeat(32)}`)).toThrow('no credentials');
  });
});
