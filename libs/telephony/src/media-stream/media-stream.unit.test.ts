import fc from 'fast-check';
import { clearMessage, markMessage, mediaMessage, parseMediaStreamMessage } from '../index';

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
const streamSid = hex.map((digits) => `MZ${digits}`);
const digits = fc.nat(1_000_000).map(String);
const payload = fc
  .uint8Array({ maxLength: 400, size: 'max' })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const usualMedia = fc
  .record({ streamSid, sequenceNumber: digits, chunk: digits, timestamp: digits, payload })
  .map((m) => ({
    event: 'media',
    sequenceNumber: m.sequenceNumber,
    media: { track: 'inbound', chunk: m.chunk, timestamp: m.timestamp, payload: m.payload },
    streamSid: m.streamSid,
  }));

const MZ = `MZ${'0a'.repeat(16)}`;
const start = {
  event: 'start',
  sequenceNumber: '1',
  start: {
    streamSid: MZ,
    accountSid: `AC${'1b'.repeat(16)}`,
    callSid: `CA${'2c'.repeat(16)}`,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token: 'abc' },
  },
  streamSid: MZ,
};

describe('parseMediaStreamMessage', () => {
  it('reads each message of the documented sequence', () => {
    const read = (message: object) => parseMediaStreamMessage(JSON.stringify(message));
    expect(read({ event: 'connected', protocol: 'Call', version: '1.0.0' })).toEqual({ kind: 'connected' });
    expect(read(start)).toEqual({ kind: 'start', ...start.start });
    expect(
      read({
        event: 'dtmf',
        sequenceNumber: '5',
        streamSid: MZ,
        dtmf: { track: 'inbound_track', digit: '#' },
      }),
    ).toEqual({ kind: 'dtmf', digit: '#' });
    expect(read({ event: 'mark', sequenceNumber: '4', streamSid: MZ, mark: { name: 'a "b"' } })).toEqual({
      kind: 'mark',
      name: 'a "b"',
    });
    expect(read({ event: 'stop', streamSid: MZ, stop: {} })).toEqual({ kind: 'stop' });
    expect(read({ event: 'whisper' })).toEqual({ kind: 'unknown', event: 'whisper' });
  });

  it('reads media alike by cutting it out and by parsing it, in any order of keys', () => {
    fc.assert(
      fc.property(usualMedia, (message) => {
        const usual = parseMediaStreamMessage(JSON.stringify(message));
        expect(usual).toEqual({
          kind: 'media',
          payload: message.media.payload,
          timestampMs: Number(message.media.timestamp),
          chunk: Number(message.media.chunk),
        });
        const { event, media, ...rest } = message;
        const { payload: audio, ...counters } = media;
        const other = { ...rest, media: { payload: audio, ...counters }, event };
        expect(parseMediaStreamMessage(JSON.stringify(other))).toEqual(usual);
        expect(parseMediaStreamMessage(JSON.stringify(message, null, 1))).toEqual(usual);
      }),
    );
  });

  it('does not parse media that comes in the usual order', () => {
    const parse = jest.spyOn(JSON, 'parse');
    const text = fc.sample(usualMedia, 1).map((message) => JSON.stringify(message))[0]!;
    parse.mockClear();
    parseMediaStreamMessage(text);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });

  it('understands an escaped slash in the payload', () => {
    const text = JSON.stringify(fc.sample(usualMedia, 1)[0]).replace(
      /"payload":"[^"]*"/,
      '"payload":"a\\/b="',
    );
    expect(parseMediaStreamMessage(text)).toMatchObject({ kind: 'media', payload: 'a/b=' });
  });

  it('says what is wrong with a message it cannot use', () => {
    expect(parseMediaStreamMessage('{')).toEqual({ kind: 'malformed', reason: 'not JSON' });
    expect(parseMediaStreamMessage('null')).toEqual({ kind: 'malformed', reason: 'no event name' });
    expect(parseMediaStreamMessage('{"event":"media"}')).toMatchObject({ kind: 'malformed' });
    expect(
      parseMediaStreamMessage('{"event":"media","media":{"payload":"","timestamp":"-5","chunk":"1"}}'),
    ).toMatchObject({ kind: 'malformed' });
    expect(parseMediaStreamMessage('{"event":"dtmf","dtmf":{"digit":"12"}}')).toMatchObject({
      kind: 'malformed',
      reason: expect.stringContaining('dtmf.digit'),
    });
  });

  it('never throws, whatever the text', () => {
    const events = fc.constantFrom('connected', 'start', 'media', 'mark', 'dtmf', 'stop', 'other');
    const shaped = fc
      .record({ event: events, start: fc.anything(), media: fc.anything(), mark: fc.anything() })
      .map((value) => JSON.stringify(value));
    const damaged = fc
      .tuple(usualMedia, fc.nat(300), fc.string({ maxLength: 3 }))
      .map(([message, at, junk]) => {
        const text = JSON.stringify(message);
        return text.slice(0, at) + junk + text.slice(at + 1);
      });
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string({ unit: 'binary' }),
      shaped.map((text) => text ?? ''),
      damaged,
    );
    fc.assert(
      fc.property(anything, (text) => {
        expect(typeof parseMediaStreamMessage(text).kind).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('messages to Twilio', () => {
  it('are exactly the documented objects, without a field more', () => {
    fc.assert(
      fc.property(streamSid, payload, fc.string({ unit: 'grapheme' }), (sid, audio, name) => {
        const media = { event: 'media', streamSid: sid, media: { payload: audio } };
        expect(mediaMessage(sid, audio)).toBe(JSON.stringify(media));
        expect(markMessage(sid, name)).toBe(
          JSON.stringify({ event: 'mark', streamSid: sid, mark: { name } }),
        );
        expect(clearMessage(sid)).toBe(JSON.stringify({ event: 'clear', streamSid: sid }));
      }),
    );
  });
});
