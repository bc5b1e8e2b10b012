import fc from 'fast-check';
import { clearMessage, markMessage, mediaMessageParts } from '../index';

const streamSid = fc
  .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 })
  .map((digits) => `MZ${digits}`);
const payload = fc
  .uint8Array({ maxLength: 400, size: 'max' })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

describe('messages to Twilio', () => {
  it('are exactly the documented objects, without a field more', () => {
    fc.assert(
      fc.property(streamSid, payload, fc.string({ unit: 'grapheme' }), (sid, audio, name) => {
        const media = { event: 'media', streamSid: sid, media: { payload: audio } };
        const { head, tail } = mediaMessageParts(sid);
        expect(`${head.toString()}${audio}${tail.toString()}`).toBe(JSON.stringify(media));
        expect(markMessage(sid, name)).toBe(
          JSON.stringify({ event: 'mark', streamSid: sid, mark: { name } }),
        );
        expect(clearMessage(sid)).toBe(JSON.stringify({ event: 'clear', streamSid: sid }));
      }),
    );
  });
});
