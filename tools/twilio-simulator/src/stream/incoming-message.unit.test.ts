import { readIncoming } from './incoming-message';

const SID = `MZ${'1'.repeat(32)}`;
const payload = Buffer.alloc(160, 0x55).toString('base64');
const read = (message: unknown) => readIncoming(JSON.stringify(message), SID);

describe('messages of the server', () => {
  it('accepts media, mark and clear in their exact form', () => {
    expect(read({ event: 'media', streamSid: SID, media: { payload } })).toEqual({
      kind: 'media',
      audio: Buffer.alloc(160, 0x55),
    });
    expect(read({ event: 'mark', streamSid: SID, mark: { name: 'x' } })).toEqual({ kind: 'mark', name: 'x' });
    expect(read({ event: 'clear', streamSid: SID })).toEqual({ kind: 'clear' });
  });

  it.each([
    ['another stream', { event: 'clear', streamSid: `MZ${'2'.repeat(32)}` }],
    ['no stream', { event: 'clear' }],
    ['an extra field', { event: 'clear', streamSid: SID, reason: 'barge-in' }],
    [
      'an extra field of the media',
      { event: 'media', streamSid: SID, media: { payload, track: 'outbound' } },
    ],
    ['no payload', { event: 'media', streamSid: SID, media: {} }],
    ['a payload that is not base64', { event: 'media', streamSid: SID, media: { payload: 'a*b=' } }],
    ['an unknown event', { event: 'hangup', streamSid: SID }],
    ['a mark without a name', { event: 'mark', streamSid: SID, mark: {} }],
    ['an array', []],
  ])('refuses %s', (_, message) => {
    expect(read(message).kind).toBe('invalid');
  });

  it('refuses what is not JSON', () => {
    expect(readIncoming('hello', SID).kind).toBe('invalid');
  });
});
