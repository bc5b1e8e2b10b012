import { readBase64Stamp, readStamp, stampedAudio } from './frame-stamp';

it('reads back which frame it is, decoded or from the base64 of its message', () => {
  const audio = stampedAudio(17, 300, 3);
  expect(readStamp(audio, 320)).toBe(17 * 65_536 + 302);
  const message = Buffer.from(`{"payload":"${audio.toString('base64')}"}`);
  expect(readBase64Stamp(message, 12)).toBe(17 * 65_536 + 300);
});

it('takes nothing else for a stamp', () => {
  const other = Buffer.alloc(160, 0xff);
  expect(readStamp(other, 0)).toBe(-1);
  expect(readBase64Stamp(Buffer.from(other.toString('base64')), 0)).toBe(-1);
});
