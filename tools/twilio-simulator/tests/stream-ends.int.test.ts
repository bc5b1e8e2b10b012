import { encodeMulaw } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import twilio from 'twilio';
import { ACCOUNT_SID, APP, AUTH_TOKEN, type CallBookView, SimFixture } from './sim-fixture';
import { speak, until } from './test-app';

const connect = (attributes = `action="${APP}/ended"`): string =>
  `<Response><Connect ${attributes}><Stream url="wss://app.example/media" statusCallback="${APP}/stream"/></Connect></Response>`;

describe('what ends a media stream, and what follows', () => {
  let fixture: SimFixture;
  let client: twilio.Twilio;

  beforeAll(async () => {
    fixture = await SimFixture.start();
    client = twilio(ACCOUNT_SID, AUTH_TOKEN);
    client.api.baseUrl = fixture.base;
  });
  beforeEach(async () => {
    const { app } = fixture;
    app.requests.length = 0;
    app.sessions.length = 0;
    app.answers = { '/voice': () => connect(), '/ended': () => '<Response><Hangup/></Response>' };
    app.onStream = () => undefined;
    await fixture.control('DELETE', 'faults');
  });
  afterEach(async () => {
    const { calls } = await fixture.control<{ calls: { callSid: string }[] }>('GET', 'calls');
    for (const { callSid } of calls) await fixture.control('POST', `calls/${callSid}/hangup`);
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const started = (index = 0) =>
    until('start', () => {
      const session = fixture.app.sessions[index];
      return session?.messages.some(({ event }) => event === 'start') && session;
    });
  const finished = (callSid: string): Promise<CallBookView> =>
    until('end of the call', async () => {
      const book = await fixture.book(callSid);
      return book.status === 'completed' && book;
    });
  const streamEvents = (callSid: string) =>
    fixture.app
      .requestsTo('/stream')
      .filter(({ params }) => params['CallSid'] === callSid)
      .map(({ params }) => params['StreamEvent']);
  const codes = (book: CallBookView) => book.warnings.map(({ code }) => code);

  it('asks the action when the server closes, and a second Connect is a new stream of the same call', async () => {
    let ended = 0;
    fixture.app.answers['/ended'] = () => (ended++ === 0 ? connect() : '<Response/>');
    const callSid = await fixture.ring([]);
    const first = await started();
    first.socket.close(1000);
    const second = await started(1);
    second.socket.close(1000);
    const book = await finished(callSid);
    const starts = fixture.app.sessions.map(({ messages }) =>
      messages.find(({ event }) => event === 'start'),
    );
    expect(starts.map((start) => (start?.['start'] as { callSid: string }).callSid)).toEqual([
      callSid,
      callSid,
    ]);
    expect(starts[0]?.['streamSid']).not.toBe(starts[1]?.['streamSid']);
    expect(starts[1]?.['sequenceNumber']).toBe('1');
    expect(fixture.app.requestsTo('/ended')[0]?.params['CallStatus']).toBe('in-progress');
    expect(codes(book)).toEqual([31921, 31921]);
  });

  it('goes on with the next verb when the Connect has no action', async () => {
    fixture.app.answers['/voice'] = () =>
      connect('').replace('</Connect>', '</Connect><Say>still here</Say>');
    const callSid = await fixture.ring([]);
    (await started()).socket.close();
    expect((await finished(callSid)).heardText).toBe('still here');
  });

  it('sends stop and closes when the caller hangs up, and asks the action only to inform', async () => {
    fixture.app.answers['/ended'] = () => '<Response><Say>nobody hears this</Say></Response>';
    const callSid = await fixture.ring([{ pauseMs: 300 }, { hangUp: true }]);
    const session = await started();
    await new Promise((resolve) => session.socket.on('close', resolve));
    expect(session.messages.at(-1)).toMatchObject({ event: 'stop', stop: { callSid } });
    const action = await until('action', () => fixture.app.requestsTo('/ended')[0]);
    expect(action.params['CallStatus']).toBe('completed');
    expect((await finished(callSid)).heardText).toBe('');
  });

  it.each(['before', 'after', 'off'] as const)(
    'replaces the stream by new instructions over REST, with the old action %s',
    async (when) => {
      await fixture.control('POST', 'settings', { connectActionOnRedirect: when });
      fixture.app.answers['/redirected'] = () => '<Response><Say>new instructions</Say><Pause/></Response>';
      const callSid = await fixture.ring([]);
      const session = await started();
      await client.calls(callSid).update({ url: `${APP}/redirected` });
      const book = await finished(callSid);
      expect(session.messages.at(-1)?.['event']).toBe('stop');
      expect(book.heardText).toBe('new instructions');
      expect(fixture.app.requestsTo('/ended')).toHaveLength(when === 'off' ? 0 : 1);
      expect(streamEvents(callSid)).toEqual(['stream-started', 'stream-stopped']);
      await fixture.control('POST', 'settings', { connectActionOnRedirect: 'before' });
    },
  );

  it('ends the call by REST, after which it cannot be redirected', async () => {
    const callSid = await fixture.ring([]);
    const session = await started();
    await client.calls(callSid).update({ status: 'completed' });
    await until('stop', () => session.messages.at(-1)?.['event'] === 'stop');
    await expect(client.calls(callSid).update({ url: `${APP}/voice` })).rejects.toMatchObject({
      code: 21220,
    });
  });

  it.each([
    ['a name nobody knows', 'wss://nowhere.example/media', 31904],
    ['a scheme that is not wss', 'https://app.example/media', 31922],
    ['a query string', 'wss://app.example/media?token=1', 31920],
    ['a refused handshake', 'wss://closed.example/media', 31902],
  ])('reports %s as a stream error and asks the action', async (_, url, code) => {
    await fixture.control('POST', 'routes', { name: 'closed.example', base: 'http://127.0.0.1:9' });
    fixture.app.answers['/voice'] = () => connect().replace('wss://app.example/media', url);
    const callSid = await fixture.ring([]);
    const book = await finished(callSid);
    expect(codes(book)).toEqual([code]);
    await until('callback', () => streamEvents(callSid).length > 0);
    expect(streamEvents(callSid)).toEqual(['stream-error']);
    expect(fixture.app.requestsTo('/ended')).toHaveLength(1);
  });

  it('cuts the socket without a close frame on request and asks the action', async () => {
    const callSid = await fixture.ring([], [{ name: 'socket-cut', count: 1, params: { afterMs: 200 } }]);
    const session = await started();
    const code = await new Promise((resolve) => session.socket.on('close', resolve));
    expect(code).toBe(1006);
    await finished(callSid);
    expect(session.messages.some(({ event }) => event === 'stop')).toBe(false);
    expect(fixture.app.requestsTo('/ended')).toHaveLength(1);
    await until('callbacks', () => streamEvents(callSid).includes('stream-error'));
  });

  it('never opens the stream on request, until the call is redirected', async () => {
    fixture.app.answers['/redirected'] = () => '<Response/>';
    const callSid = await fixture.ring([], [{ name: 'stream-never-opens' }]);
    await until('connect', async () =>
      (await fixture.book(callSid)).events.some(({ type }) => type === 'stream-connecting'),
    );
    await client.calls(callSid).update({ url: `${APP}/redirected` });
    await finished(callSid);
    expect(fixture.app.sessions.length).toBe(0);
  });

  it('opens the socket and sends no start on request', async () => {
    const callSid = await fixture.ring(
      [{ pauseMs: 600 }, { hangUp: true }],
      [{ name: 'stream-opens-without-start' }],
    );
    await finished(callSid);
    expect(fixture.app.sessions[0]?.messages.map(({ event }) => event)).toEqual(['connected']);
  });

  it('stalls: no media, no marks, no pongs, then goes on with a timestamp that jumped', async () => {
    const callSid = await fixture.ring([], [{ name: 'media-stalls', params: { afterMs: 200, forMs: 600 } }]);
    const session = await started();
    let pongs = 0;
    session.socket.on('pong', () => (pongs += 1));
    await until('stall', async () =>
      (await fixture.book(callSid)).events.some(({ type }) => type === 'fault'),
    );
    session.socket.ping();
    await until('media after the stall', () => gapOf(session.messages) >= 500);
    expect(pongs).toBe(0);
    session.socket.ping();
    await until('pong', () => pongs === 1);
    await client.calls(callSid).update({ status: 'completed' });
  });

  it('signs with another key on request', async () => {
    const callSid = await fixture.ring(
      [{ pauseMs: 100 }, { hangUp: true }],
      [{ name: 'wrong-signature', count: 1 }],
    );
    await finished(callSid);
    const voice = fixture.app.requestsTo('/voice')[0];
    expect(
      twilio.validateRequest(
        AUTH_TOKEN,
        String(voice?.headers['x-twilio-signature']),
        `${APP}/voice`,
        voice?.params ?? {},
      ),
    ).toBe(false);
  });

  it('notes messages Twilio would not accept, reports each kind once and plays on', async () => {
    fixture.app.onStream = (session) =>
      session.socket.on('message', (data: Buffer) => {
        const { event, streamSid } = JSON.parse(data.toString()) as { event: string; streamSid: string };
        if (event !== 'start') return;
        session.socket.send(Buffer.from('binary'));
        session.socket.send(JSON.stringify({ event: 'clear', streamSid, extra: 1 }));
        session.socket.send(JSON.stringify({ event: 'clear', streamSid: 'MZ1' }));
        void speak(session, streamSid, encodeMulaw(encodeSpeech('still fine')));
      });
    const callSid = await fixture.ring([{ waitForSilenceMs: 400 }, { hangUp: true }]);
    const book = await finished(callSid);
    expect(codes(book)).toEqual([31950, 31951]);
    expect(book.media['violations']).toMatchObject([{ code: 31950 }, { code: 31951 }, { code: 31951 }]);
    expect(book.heardText).toBe('still fine');
  });

  it('duplicates, drops and reorders callbacks on request', async () => {
    await fixture.control('POST', 'faults', { name: 'callback-duplicated', count: 1 });
    const first = await fixture.ring([{ pauseMs: 100 }, { hangUp: true }]);
    await finished(first);
    await until('duplicate', () => fixture.app.requestsTo('/status').length === 2);
    const tokens = fixture.app
      .requestsTo('/status')
      .map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(tokens[0]).toBe(tokens[1]);

    fixture.app.requests.length = 0;
    await fixture.control('POST', 'faults', { name: 'callback-dropped', count: 1 });
    const second = await fixture.ring([{ pauseMs: 100 }, { hangUp: true }]);
    const book = await finished(second);
    expect(book.events.filter(({ type }) => type === 'fault')).toMatchObject([{ name: 'callback-dropped' }]);

    fixture.app.requests.length = 0;
    await fixture.control('POST', 'callees', { number: '+15553330001', responses: [{ kind: 'busy' }] });
    await fixture.control('POST', 'faults', { name: 'callbacks-reordered', count: 1 });
    await client.calls.create({
      to: '+15553330001',
      from: '+15550001000',
      url: `${APP}/voice`,
      statusCallback: `${APP}/status`,
      statusCallbackEvent: ['initiated', 'completed'],
    });
    await until('callbacks', () => fixture.app.requestsTo('/status').length === 2);
    expect(fixture.app.requestsTo('/status').map(({ params }) => params['SequenceNumber'])).toEqual([
      '1',
      '0',
    ]);
  });

  it('answers 429 and 500 without doing anything, as often as asked', async () => {
    await fixture.control('POST', 'faults', { name: 'rest-429', count: 1 });
    await fixture.control('POST', 'faults', { name: 'rest-500', count: 1 });
    const create = () =>
      client.calls.create({ to: '+15553330002', from: '+15550001000', twiml: '<Response/>' });
    await expect(create()).rejects.toMatchObject({ status: 429, code: 20429 });
    await expect(create()).rejects.toMatchObject({ status: 500, code: 20500 });
    const { calls } = await fixture.control<{ calls: { to: string }[] }>('GET', 'calls');
    expect(calls.filter(({ to }) => to === '+15553330002')).toEqual([]);
  });

  it('does what a slow request asks at once and answers late; refuses with 21220 when told to', async () => {
    const callSid = await fixture.ring([]);
    await started();
    await fixture.control('POST', 'faults', { name: 'rest-21220', callSid, count: 1 });
    await expect(client.calls(callSid).update({ status: 'completed' })).rejects.toMatchObject({
      status: 400,
      code: 21220,
    });
    await fixture.control('POST', 'faults', { name: 'rest-slow', callSid, params: { ms: 600 } });
    const asked = Date.now();
    const answer = client.calls(callSid).update({ status: 'completed' });
    let isAnswered = false;
    void answer.then(() => (isAnswered = true));
    await finished(callSid);
    expect(isAnswered).toBe(false);
    await answer;
    expect(Date.now() - asked).toBeGreaterThanOrEqual(600);
  });
});

/** The largest step between the timestamps of consecutive media messages, milliseconds. */
const gapOf = (messages: Record<string, unknown>[]): number => {
  const timestamps = messages.flatMap((message) =>
    message['event'] === 'media' ? [Number((message['media'] as { timestamp: string }).timestamp)] : [],
  );
  return Math.max(0, ...timestamps.slice(1).map((timestamp, index) => timestamp - (timestamps[index] ?? 0)));
};
