import { decodeMulaw } from '@frontdesk/audio';
import { loudFrame, readBase64Stamp, readStamp, stampedAudio } from './frame-stamp';

it('reads back which frame it is, decoded or from the base64 of its message', () => {
  const audio = stampedAudio(17, 300, 3);
  expect(readStamp(audio, 320)).toBe(17 * 65_536 + 302);
  const message = Buffer.from(`{"payload":"${audio.toString('base64')}"}`);
  expect(readBase64Stamp(message, 12)).toBe(17 * 65_536 + 300);
});

it('stamps a loud frame alike, and is silent otherwise', () => {
  const loud = loudFrame(3, 5);
  expect(readStamp(loud, 0)).toBe(3 * 65_536 + 5);
  expect(levelOf(loud)).toBeGreaterThan(10_000);
  expect(levelOf(stampedAudio(3, 5, 1))).toBeLessThan(2000);
});

/** Mean magnitude of what lies behind the stamp. */
const levelOf = (frame: Buffer): number => {
  const samples = decodeMulaw(frame.subarray(6));
  return samples.reduce((sum, sample) => sum + Math.abs(sample), 0) / samples.length;
};

it('takes nothing else for a stamp', () => {
  const other = Buffer.alloc(160, 0xff);
  expect(readStamp(other, 0)).toBe(-1);
  expect(readBase64Stamp(Buffer.from(other.toString('base64')), 0)).toBe(-1);
});
