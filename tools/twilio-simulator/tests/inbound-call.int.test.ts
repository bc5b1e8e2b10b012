import { decodeMulaw, encodeMulaw } from '@frontdesk/audio';
import { encodeSpeech, SpeechDecoder } from '@frontdesk/audio-identity';
import twilio from 'twilio';
import { APP, AUTH_TOKEN, SimFixture } from './sim-fixture';
import { speak, until, type StreamSession } from './test-app';

const CONNECT = `<Response><Connect action="${APP}/ended"><Stream url="wss://app.example/media" statusCallback="${APP}/stream"><Parameter name="token" value="a&amp;b"/></Stream></Connect></Response>`;

describe('an inbound call with a media stream', () => {
  let fixture: SimFixture;

  beforeAll(async () => {
    fixture = await SimFixture.start();
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  it('carries speech both ways and tells what was heard, with signatures the twilio package accepts', async () => {
    const { app } = fixture;
    app.answers = { '/voice': () => CONNECT, '/ended': () => '<Response/>' };
    const heardByApp: string[] = [];
    app.onStream = (session) => answerWhenAsked(session, heardByApp);
    const callSid = await fixture.ring([
      { pauseMs: 400 },
      { say: 'hello there' },
      { waitForSilenceMs: 400 },
      { dtmf: '7' },
      { pauseMs: 100 },
      { hangUp: true },
    ]);
    await until('status callback', () => app.requestsTo('/status').length > 0);
    const book = await fixture.book(callSid);

    expect(heardByApp.join(' ')).toBe('hello there');
    expect(book.heardText).toBe('good morning caller');
    expect(book.status).toBe('completed');
    expect(book.media).toMatchObject({ underruns: 0, violations: [] });
    expect(book.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'webhook',
        'stream-opened',
        'stream-start-sent',
        'mark',
        'mark-echoed',
        'hangup',
      ]),
    );
    expect(book.warnings).toEqual([]);

    for (const request of [...app.requestsTo('/voice'), ...app.requestsTo('/status')])
      expect(
        twilio.validateRequest(
          AUTH_TOKEN,
          String(request.headers['x-twilio-signature']),
          APP + request.path,
          request.params,
        ),
      ).toBe(true);
    expect(app.requestsTo('/voice')[0]?.params).toMatchObject({
      CallStatus: 'ringing',
      Direction: 'inbound',
    });
    expect(app.requestsTo('/status')[0]?.params).toMatchObject({
      CallStatus: 'completed',
      SequenceNumber: '0',
    });

    const [session] = app.sessions;
    expect(
      twilio.validateRequest(
        AUTH_TOKEN,
        String(session?.headers['x-twilio-signature']),
        'wss://app.example/media',
        {},
      ),
    ).toBe(true);
    const events = session?.messages.map((message) => String(message['event'])) ?? [];
    expect(events.slice(0, 3)).toEqual(['connected', 'start', 'media']);
    expect(events.at(-1)).toBe('stop');
    expect(events).toContain('dtmf');
    expect(session?.messages[1]).toMatchObject({
      sequenceNumber: '1',
      start: { callSid, tracks: ['inbound'], customParameters: { token: 'a&b' } },
    });
    const numbers = session?.messages.slice(1).map((message) => Number(message['sequenceNumber']));
    expect(numbers).toEqual(numbers?.map((_, index) => index + 1));
    await until('stream callbacks', () => app.requestsTo('/stream').length === 2);
    expect(app.requestsTo('/stream').map((request) => request.params['StreamEvent'])).toEqual([
      'stream-started',
      'stream-stopped',
    ]);
  });

  it('tells of the end of a call when it comes, and of none that is not over within the time asked', async () => {
    fixture.app.answers = { '/voice': () => '<Response><Pause length="60"/></Response>' };
    const callSid = await fixture.ring([{ pauseMs: 500 }, { hangUp: true }]);
    expect(await fixture.control('GET', `calls/${callSid}/over?waitMs=0`)).toBeUndefined();
    const over = await fixture.control<{ status: string }>('GET', `calls/${callSid}/over?waitMs=10000`);
    expect(over.status).toBe('completed');
    expect((await fetch(`${fixture.base}/_sim/calls/CAnone/over`)).status).toBe(404);
  });
});

/** Once two words were heard, greets the caller and marks the end. */
const answerWhenAsked = (session: StreamSession, heard: string[]): void => {
  const decoder = new SpeechDecoder();
  let streamSid = '';
  session.socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      event: string;
      streamSid: string;
      media?: { payload: string };
    };
    if (message.event === 'start') streamSid = message.streamSid;
    if (message.event !== 'media' || !message.media) return;
    const words = decoder.push(decodeMulaw(Buffer.from(message.media.payload, 'base64')));
    heard.push(...words.map((word) => word.text));
    if (words.length > 0 && heard.length === 2)
      void speak(session, streamSid, encodeMulaw(encodeSpeech('good morning caller'))).then(() =>
        session.socket.send(JSON.stringify({ event: 'mark', streamSid, mark: { name: 'end' } })),
      );
  });
};
