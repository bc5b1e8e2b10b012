import { encodeMulaw, parseWav, writeWav } from '@frontdesk/audio';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { readFile } from 'node:fs/promises';
import twilio from 'twilio';
import { APP, AUTH_TOKEN, SimFixture } from './sim-fixture';
import { until } from './test-app';

const response = (verbs: string): string => `<?xml version="1.0"?><Response>${verbs}</Response>`;

describe('TwiML of an inbound call', () => {
  let fixture: SimFixture;
  beforeAll(async () => {
    fixture = await SimFixture.start();
  });
  beforeEach(() => {
    fixture.app.requests.length = 0;
    fixture.app.answers = {};
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  const ended = async (callSid: string) =>
    until('end of the call', async () => {
      const book = await fixture.book(callSid);
      return !['ringing', 'in-progress'].includes(book.status) && book;
    });
  const verbs = (book: Awaited<ReturnType<typeof ended>>) =>
    book.events.filter(({ type }) => type === 'verb').map(({ name }) => name);

  it('runs from top to bottom, through a redirect, and hangs up at the end', async () => {
    const { app } = fixture;
    app.answers = {
      '/voice': () =>
        response(
          `<Say>one</Say><Play>${APP}/two.wav</Play><Play>three.ulaw</Play><Redirect>/more?a=1&amp;b=2</Redirect><Say>never</Say>`,
        ),
      '/more': () => response('<Pause length="1"/><Say>four</Say>'),
    };
    const wav = writeWav([encodeSpeech('two', { sampleRate: 16_000 })], 16_000);
    app.binary = {
      '/two.wav': { type: 'audio/x-wav', bytes: wav },
      '/three.ulaw': { type: 'audio/basic', bytes: encodeMulaw(encodeSpeech('three')) },
    };
    const book = await ended(await fixture.ring([]));
    expect(book.heardText).toBe('one two three four');
    expect(verbs(book)).toEqual(['Say', 'Play', 'Play', 'Redirect', 'Pause', 'Say']);
    expect(book.status).toBe('completed');
    expect(app.requestsTo('/more')[0]).toMatchObject({
      path: '/more?a=1&b=2',
      params: { CallStatus: 'in-progress' },
    });
    expect(app.requestsTo('/two.wav')[0]?.params).toEqual({});
  });

  it('records a message up to the silence and hands its URL to the action', async () => {
    const { app } = fixture;
    app.answers = {
      '/voice': () =>
        response(
          `<Say>leave word</Say><Record action="/recorded" timeout="1" maxLength="30" playBeep="false" recordingStatusCallback="/recording"/><Say>never</Say>`,
        ),
      '/recorded': () => response('<Say>thanks</Say><Hangup/>'),
    };
    const callSid = await fixture.ring([{ waitForSilenceMs: 300 }, { say: 'call me back' }]);
    const book = await ended(callSid);
    await until('recording callback', () => app.requestsTo('/recording').length > 0);
    const action = app.requestsTo('/recorded')[0]?.params;
    expect(action).toMatchObject({ CallSid: callSid, RecordingSid: book.recordings[0] });
    expect(action?.['RecordingUrl']).toMatch(/\/Recordings\/RE[0-9a-f]{32}$/);
    expect(app.requestsTo('/recording')[0]?.params).toMatchObject({
      RecordingSource: 'RecordVerb',
      RecordingChannels: '1',
      RecordingStatus: 'completed',
    });
    const wav = parseWav(await readFile(fixture.simulator.world.recordings.path(book.recordings[0] ?? '')));
    expect(decodeSpeech(wav.samples[0] ?? new Int16Array()).text).toBe('call me back');
    expect(book.heardText).toBe('leave word thanks');
  });

  it('makes no action request for a message without a sound and goes on with the next verb', async () => {
    fixture.app.answers = {
      '/voice': () =>
        response('<Record action="/recorded" timeout="1" playBeep="false"/><Say>nothing heard</Say>'),
    };
    const book = await ended(await fixture.ring([]));
    expect(fixture.app.requestsTo('/recorded')).toEqual([]);
    expect(book.heardText).toBe('nothing heard');
  });

  it('still requests the action of a Record when the caller hangs up', async () => {
    fixture.app.answers = {
      '/voice': () => response('<Record action="/recorded" playBeep="false"/>'),
    };
    await ended(await fixture.ring([{ pauseMs: 200 }, { say: 'short' }, { hangUp: true }]));
    const action = await until('the action', () => fixture.app.requestsTo('/recorded')[0]);
    expect(action.params).toMatchObject({ Digits: 'hangup', CallStatus: 'completed' });
  });

  it('connects a transfer so that both hear each other and tells how it ended', async () => {
    const { app } = fixture;
    await fixture.control('POST', 'callees', {
      number: '+15552220001',
      responses: [
        {
          kind: 'answer',
          script: [{ pauseMs: 300 }, { say: 'front desk' }, { waitForSilenceMs: 400 }, { hangUp: true }],
        },
      ],
    });
    app.answers = {
      '/voice': () => response('<Dial action="/dialled"><Number>+15552220001</Number></Dial>'),
      '/dialled': () => response('<Say>back again</Say>'),
    };
    const callSid = await fixture.ring([{ waitForSilenceMs: 300 }, { say: 'room service' }]);
    const book = await ended(callSid);
    const action = app.requestsTo('/dialled')[0]?.params;
    expect(action).toMatchObject({ DialCallStatus: 'completed', DialBridged: 'true' });
    const leg = await fixture.book(action?.['DialCallSid'] ?? '');
    expect(book.heardText).toBe('front desk back again');
    expect(leg.heardText).toBe('room service');
  });

  it('goes on after a transfer that nobody answered', async () => {
    fixture.app.answers = {
      '/voice': () => response('<Dial timeout="1" action="/dialled">+15552220009</Dial>'),
      '/dialled': () => response('<Hangup/>'),
    };
    await ended(await fixture.ring([]));
    expect(fixture.app.requestsTo('/dialled')[0]?.params).toMatchObject({
      DialCallStatus: 'no-answer',
      DialBridged: 'false',
    });
  });

  it('gathers digits while it speaks', async () => {
    fixture.app.answers = {
      '/voice': () => response('<Gather numDigits="2" action="/digits"><Say>press two digits</Say></Gather>'),
      '/digits': () => response('<Hangup/>'),
    };
    await ended(await fixture.ring([{ pauseMs: 200 }, { dtmf: '42' }]));
    expect(fixture.app.requestsTo('/digits')[0]?.params['Digits']).toBe('42');
  });

  it('puts the parameters of a GET into the signed URL', async () => {
    await fixture.control('POST', 'numbers', {
      number: '+15550001002',
      voiceUrl: `${APP}/voice?business=7`,
      voiceMethod: 'GET',
    });
    const { callSid } = await fixture.control<{ callSid: string }>('POST', 'calls', {
      from: '+972501234567',
      to: '+15550001002',
    });
    await ended(callSid);
    const request = fixture.app.requestsTo('/voice')[0];
    expect(request).toMatchObject({ method: 'GET', params: {} });
    expect(request?.path).toMatch(/^\/voice\?business=7&.*From=%2B972501234567/);
    const signature = String(request?.headers['x-twilio-signature']);
    expect(twilio.validateRequest(AUTH_TOKEN, signature, APP + request?.path, {})).toBe(true);
  });

  it('rejects before answering', async () => {
    fixture.app.answers = { '/voice': () => response('<Reject reason="busy"/>') };
    const book = await ended(await fixture.ring([]));
    expect(book.status).toBe('busy');
    expect(book.spurts).toEqual([]);
  });

  it.each([
    ['status 500', { status: 500 }, 11200],
    ['a wrong content type', { status: 200, body: '<Response/>', type: 'application/json' }, 12300],
    ['broken XML', { status: 200, body: '<Response>' }, 12100],
    ['a body over 64 kB', { status: 200, body: response(`<Say>${'x'.repeat(70_000)}</Say>`) }, 11750],
  ])('turns to the fallback URL on %s', async (_, answer, code) => {
    fixture.app.answers = { '/voice': () => answer, '/fallback': () => response('<Say>fallback</Say>') };
    await fixture.control('POST', 'numbers', {
      number: '+15550001001',
      voiceUrl: `${APP}/voice`,
      fallbackUrl: `${APP}/fallback`,
    });
    const { callSid } = await fixture.control<{ callSid: string }>('POST', 'calls', {
      from: 'anonymous',
      to: '+15550001001',
    });
    const book = await ended(callSid);
    expect(book.heardText).toBe('fallback');
    expect(fixture.app.requestsTo('/fallback')[0]?.params).toMatchObject({
      ErrorCode: String(code),
      ErrorUrl: `${APP}/voice`,
    });
    expect(book.warnings.map((warning) => warning.code)).toContain(code);
  });

  it('tells the caller of an application error when there is no fallback, and warns of unknown verbs', async () => {
    fixture.app.answers = {
      '/voice': () => response('<say>x</say><Redirect>https://nowhere.example/</Redirect>'),
    };
    const book = await ended(await fixture.ring([]));
    expect(book.warnings.map(({ code }) => code)).toEqual([12200, 11210]);
    expect(book.heardText).toContain('application error');
  });
});
