import {
  connectStream,
  dial,
  emptyResponse,
  hangup,
  redirect,
  reject,
  sayAndRecord,
  thanksAndHangup,
} from '../index';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response';
const options = {
  url: 'wss://frontdesk.example/ws/twilio-media',
  actionUrl: 'https://frontdesk.example/webhook/stream_ended',
  parameters: { token: 'a.b.c' },
};

describe('TwiML', () => {
  it('connects a call to our stream with its token, action and status callback', () => {
    expect(
      connectStream({
        ...options,
        statusCallbackUrl: 'https://frontdesk.example/webhook/stream_status?a=1&b=2',
      }),
    ).toBe(
      `${HEAD}><Connect action="https://frontdesk.example/webhook/stream_ended" method="POST">` +
        '<Stream url="wss://frontdesk.example/ws/twilio-media" statusCallback="https://frontdesk.example/webhook/stream_status?a=1&amp;b=2" statusCallbackMethod="POST">' +
        '<Parameter name="token" value="a.b.c"/></Stream></Connect></Response>',
    );
  });

  it('refuses a stream that Twilio would refuse: no wss, a query, a parameter of 500 characters', () => {
    expect(() => connectStream({ ...options, url: 'https://x.example/ws' })).toThrow('must be wss');
    expect(() => connectStream({ ...options, url: 'wss://x.example/ws?a=1' })).toThrow('query');
    expect(() => connectStream({ ...options, parameters: { token: 'x'.repeat(495) } })).toThrow('499');
    expect(() => connectStream({ ...options, parameters: { token: 'x'.repeat(494) } })).not.toThrow();
  });

  it('speaks and takes a message with an absolute action', () => {
    const twiml = sayAndRecord({
      prompt: { say: 'נא להשאיר הודעה <אחרי> הצליל', language: 'he-IL', voice: 'Google.he-IL-Wavenet-A' },
      actionUrl: 'https://h.example/webhook/handle_recording',
      recordingStatusCallbackUrl: 'https://h.example/webhook/recording_status#rc=3',
      maxLengthSec: 120,
    });
    expect(twiml).toBe(
      `${HEAD}><Say language="he-IL" voice="Google.he-IL-Wavenet-A">נא להשאיר הודעה &lt;אחרי&gt; הצליל</Say>` +
        '<Record action="https://h.example/webhook/handle_recording" method="POST" maxLength="120" timeout="5" finishOnKey="#" playBeep="true"' +
        ' recordingStatusCallback="https://h.example/webhook/recording_status#rc=3" recordingStatusCallbackMethod="POST" recordingStatusCallbackEvent="completed absent"/></Response>',
    );
  });

  it('plays a file instead of speaking, thanks, and hangs up', () => {
    expect(thanksAndHangup({ play: 'https://h.example/audio/x.wav?k=1' })).toBe(
      `${HEAD}><Play>https://h.example/audio/x.wav?k=1</Play><Hangup/></Response>`,
    );
    expect(hangup()).toBe(`${HEAD}><Hangup/></Response>`);
  });

  it('dials a number and asks again afterwards', () => {
    expect(
      dial({ number: '+972501234567', actionUrl: 'https://h.example/t', callerId: '+97231112222' }),
    ).toBe(
      `${HEAD}><Dial action="https://h.example/t" method="POST" timeout="30" answerOnBridge="true" callerId="+97231112222"><Number>+972501234567</Number></Dial></Response>`,
    );
  });

  it('redirects, rejects, and says nothing', () => {
    expect(redirect('https://h.example/a?b=1&c=2')).toBe(
      `${HEAD}><Redirect method="POST">https://h.example/a?b=1&amp;c=2</Redirect></Response>`,
    );
    expect(reject('busy')).toBe(`${HEAD}><Reject reason="busy"/></Response>`);
    expect(emptyResponse()).toBe(`${HEAD}/>`);
  });
});
