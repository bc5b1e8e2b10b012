import { encodeMulaw, parseWav } from '@frontdesk/audio';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import twilio from 'twilio';
import { ACCOUNT_SID, APP, AUTH_TOKEN, OWN_NUMBER, SimFixture } from './sim-fixture';
import { speak, type StreamSession, until } from './test-app';

const CONNECT = `<Response><Connect><Stream url="wss://app.example/media"/></Connect></Response>`;
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

describe('an outbound call by the twilio package', () => {
  let fixture: SimFixture;
  let client: twilio.Twilio;

  beforeAll(async () => {
    fixture = await SimFixture.start();
    client = twilio(ACCOUNT_SID, AUTH_TOKEN);
    client.api.baseUrl = fixture.base;
    await fixture.control('POST', 'numbers', { number: OWN_NUMBER, voiceUrl: `${APP}/voice` });
  });
  beforeEach(() => {
    fixture.app.requests.length = 0;
    fixture.app.sessions.length = 0;
    fixture.app.answers = {};
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const place = (to: string, more: object = {}) =>
    client.calls.create({
      to,
      from: OWN_NUMBER,
      url: `${APP}/outbound?attempt=1`,
      statusCallback: `${APP}/status?attempt=1#rc=3&rp=ct,rt,5xx`,
      statusCallbackEvent: EVENTS,
      ...more,
    });
  const callee = (number: string, ...responses: object[]) =>
    fixture.control('POST', 'callees', { number, responses });
  const statuses = () => fixture.app.requestsTo('/status').map(({ params }) => params['CallStatus']);

  it('goes from queued to completed, with callbacks in sequence and a dual-channel recording of both voices', async () => {
    const { app } = fixture;
    app.answers = { '/outbound': () => CONNECT };
    app.onStream = greet;
    await callee('+15551110001', {
      kind: 'answer',
      script: [{ waitForSilenceMs: 500 }, { say: 'yes please' }, { pauseMs: 300 }, { hangUp: true }],
    });
    const created = await place('+15551110001');
    expect(created).toMatchObject({ status: 'queued', direction: 'outbound-api', duration: null });

    await until('stream', () => app.sessions[0]?.messages.some(({ event }) => event === 'start'));
    const recording = await client.calls(created.sid).recordings.create({
      recordingChannels: 'dual',
      recordingStatusCallback: `${APP}/recording`,
    });
    expect(recording).toMatchObject({ status: 'in-progress', channels: 2, source: 'StartCallRecordingAPI' });
    await until('recording callback', () => app.requestsTo('/recording').length > 0);

    expect(statuses()).toEqual(['initiated', 'ringing', 'in-progress', 'completed']);
    expect(app.requestsTo('/status').map(({ params }) => params['SequenceNumber'])).toEqual([
      '0',
      '1',
      '2',
      '3',
    ]);
    const last = app.requestsTo('/status').at(-1);
    expect(last?.path).toBe('/status?attempt=1');
    expect(
      twilio.validateRequest(
        AUTH_TOKEN,
        String(last?.headers['x-twilio-signature']),
        `${APP}/status?attempt=1`,
        last?.params ?? {},
      ),
    ).toBe(true);

    const done = await client.recordings(recording.sid).fetch();
    expect(done).toMatchObject({ status: 'completed', callSid: created.sid });
    expect(app.requestsTo('/recording')[0]?.params).toMatchObject({
      RecordingStatus: 'completed',
      RecordingChannels: '2',
      RecordingDuration: done.duration,
    });
    const wav = parseWav(await media(recording.sid));
    expect(wav).toMatchObject({ sampleRate: 8000, channels: 2, encoding: 'pcm16' });
    const [callee1, agent] = wav.samples.map((samples) => decodeSpeech(samples));
    expect(callee1?.text).toBe('yes please');
    expect(agent?.text).toContain('your order');
    expect(callee1!.words[0]!.startMs).toBeGreaterThan(agent!.words.at(-1)!.endMs + 400);
    expect(parseWav(await media(`${recording.sid}?RequestedChannels=1`)).channels).toBe(1);
    expect((await client.calls.list({ to: '+15551110001' })).map(({ sid }) => sid)).toEqual([created.sid]);
    await client.recordings(recording.sid).remove();
    await expect(client.recordings(recording.sid).fetch()).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
  });

  const media = async (path: string): Promise<Buffer> => {
    const response = await fetch(`${fixture.base}/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings/${path}`, {
      headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
    });
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };

  it.each([
    ['busy', { kind: 'busy' }, ['initiated', 'busy'], '486'],
    ['no-answer', { kind: 'no-answer' }, ['initiated', 'ringing', 'no-answer'], '487'],
    ['failed', { kind: 'failed', sipCode: 404 }, ['initiated', 'failed'], '404'],
  ])('tells of a callee that is %s', async (_, response, expected, sipCode) => {
    await callee('+15551110002', response);
    await place('+15551110002', { timeout: 1 });
    await until('final callback', () => statuses().length === expected.length);
    expect(statuses()).toEqual(expected);
    expect(fixture.app.requestsTo('/status').at(-1)?.params['SipResponseCode']).toBe(sipCode);
    expect(fixture.app.requestsTo('/outbound')).toEqual([]);
  });

  it('retries a callback as its URL says, with one idempotency token, and delivers the next ones meanwhile', async () => {
    const answers = [503, 503, 204];
    fixture.app.answers = {
      '/status': ({ params }) => ({
        status: params['SequenceNumber'] === '0' ? (answers.shift() ?? 204) : 204,
      }),
    };
    await callee('+15551110003', { kind: 'busy' });
    await place('+15551110003');
    await until('callbacks', () => fixture.app.requestsTo('/status').length === 4);
    const first = fixture.app.requestsTo('/status').filter(({ params }) => params['SequenceNumber'] === '0');
    expect(new Set(first.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
    expect(first).toHaveLength(3);
  });

  it('tells the verdict of asynchronous machine detection beside the running call', async () => {
    fixture.app.answers = { '/outbound': () => '<Response><Pause length="20"/></Response>' };
    await callee('+15551110004', { kind: 'answer', answeredBy: 'machine_end_beep', amdAfterMs: 200 });
    const { sid } = await place('+15551110004', {
      machineDetection: 'DetectMessageEnd',
      asyncAmd: 'true',
      asyncAmdStatusCallback: `${APP}/amd`,
    });
    await until('verdict', () => fixture.app.requestsTo('/amd').length > 0);
    expect(fixture.app.requestsTo('/amd')[0]?.params).toMatchObject({
      CallSid: sid,
      AnsweredBy: 'machine_end_beep',
    });
    const updated = await client.calls(sid).update({ status: 'completed' });
    expect(updated.status).toBe('completed');
    await expect(client.calls(sid).update({ twiml: '<Response/>' })).rejects.toMatchObject({
      code: 21220,
      status: 400,
    });
  });

  it('holds the instructions back until synchronous detection knows who answered', async () => {
    fixture.app.answers = { '/outbound': () => '<Response><Hangup/></Response>' };
    await callee('+15551110008', { kind: 'answer', answeredBy: 'machine_start', amdAfterMs: 300 });
    const { sid } = await place('+15551110008', { machineDetection: 'Enable' });
    await until('end', () => statuses().includes('completed'));
    expect(fixture.app.requestsTo('/outbound')[0]).toMatchObject({
      path: '/outbound?attempt=1',
      params: { AnsweredBy: 'machine_start', MachineDetectionDuration: '300', CallStatus: 'in-progress' },
    });
    expect((await client.calls(sid).fetch()).answeredBy).toBe('machine_start');
  });

  it('runs TwiML given at creation, records from the answer and keeps the file back as often as asked', async () => {
    await callee('+15551110009', { kind: 'answer' });
    await fixture.control('POST', 'faults', { name: 'recording-not-ready', params: { times: 2 } });
    const { sid } = await client.calls.create({
      to: '+15551110009',
      from: OWN_NUMBER,
      twiml: '<Response><Say>inline words</Say></Response>',
      record: true,
      recordingChannels: 'dual',
      recordingStatusCallback: `${APP}/recording`,
    });
    const callback = await until('recording callback', () => fixture.app.requestsTo('/recording')[0]);
    expect(callback.params).toMatchObject({
      CallSid: sid,
      RecordingSource: 'OutboundAPI',
      RecordingChannels: '2',
    });
    const path = `Recordings/${callback.params['RecordingSid']}.wav`;
    const get = () =>
      fetch(`${fixture.base}/2010-04-01/Accounts/${ACCOUNT_SID}/${path}`, {
        headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
      });
    expect([(await get()).status, (await get()).status]).toEqual([404, 404]);
    const wav = parseWav(Buffer.from(await (await get()).arrayBuffer()));
    expect(decodeSpeech(wav.samples[1] ?? new Int16Array()).text).toBe('inline words');
    await fixture.control('DELETE', 'faults');
  });

  it('never calls back about a call that was canceled while it was queued', async () => {
    await fixture.control('POST', 'settings', { callsPerSecond: 1 });
    await callee('+15551110005', { kind: 'busy' });
    await place('+15551110005');
    const queued = await place('+15551110005');
    await client.calls(queued.sid).update({ status: 'canceled' });
    await until('the other call', () => statuses().includes('busy'));
    await fixture.control('POST', 'settings', { callsPerSecond: 50 });
    expect(
      new Set(fixture.app.requestsTo('/status').map(({ params }) => params['CallSid'])).has(queued.sid),
    ).toBe(false);
    expect((await client.calls(queued.sid).fetch()).status).toBe('canceled');
  });

  it.each([
    ['+15005550001', 21211],
    ['12', 21211],
    ['+15005550004', 21216],
  ])('refuses to call %s with error %d', async (to, code) => {
    await expect(place(to)).rejects.toMatchObject({ status: 400, code });
  });

  it('refuses a From that is not its own and a wrong password', async () => {
    await expect(place('+15551110006', { from: '+15559999999' })).rejects.toMatchObject({ code: 21210 });
    const stranger = twilio(ACCOUNT_SID, 'wrong');
    stranger.api.baseUrl = fixture.base;
    await expect(stranger.calls.list()).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  it('places the call and never answers when that fault is asked for, and its ledger shows it', async () => {
    await callee('+15551110007', { kind: 'busy' });
    await fixture.control('POST', 'faults', { name: 'create-times-out-after-placing', count: 1 });
    const impatient = twilio(ACCOUNT_SID, AUTH_TOKEN, { timeout: 300 });
    impatient.api.baseUrl = fixture.base;
    await expect(
      impatient.calls.create({ to: '+15551110007', from: OWN_NUMBER, url: `${APP}/outbound` }),
    ).rejects.toThrow(/timeout/);
    const placed = await until('the call in the list', async () => {
      const calls = await client.calls.list({ to: '+15551110007' });
      return calls.length === 1 && calls[0]?.status === 'busy';
    });
    expect(placed).toBe(true);
  });

  it('has calls that were over from the start, with a recording that tells and is served like any other', async () => {
    const placed = await fixture.control<{ callSid: string; recordingSid: string }>(
      'POST',
      'recorded-calls',
      {
        from: '+15551110009',
        to: OWN_NUMBER,
        callerSaid: 'is it open',
        agentSaid: 'until noon',
        recordingStatusCallback: `${APP}/recorded`,
        faults: [{ name: 'recording-cut', count: 1 }],
      },
    );
    const [told] = await until('recording callback', () => {
      const requests = fixture.app.requestsTo('/recorded');
      return requests.length > 0 && requests;
    });
    expect(told?.params).toMatchObject({ CallSid: placed.callSid, RecordingStatus: 'completed' });
    expect((await client.calls(placed.callSid).fetch()).status).toBe('completed');
    const url = `${told?.params['RecordingUrl']}.wav`;
    const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;
    const download = async (): Promise<Buffer> =>
      Buffer.from(await (await fetch(url, { headers: { authorization } })).arrayBuffer());
    await expect(download()).rejects.toThrow();
    const { samples } = parseWav(await download());
    expect(samples.map((pcm) => decodeSpeech(pcm).text)).toEqual(['is it open', 'until noon']);
  });
});

/** Says its line when the stream starts. */
const greet = (session: StreamSession): void => {
  session.socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { event: string; streamSid: string };
    if (message.event === 'start')
      void speak(session, message.streamSid, encodeMulaw(encodeSpeech('may I take your order')));
  });
};
