import { MediaTemplate } from './media-template';
import { FrameReader, payloadOf } from './web-socket-frames';

it('writes the counters of every message, also where they grow by a digit', () => {
  const streamSid = `MZ${'0'.repeat(32)}`;
  const template = new MediaTemplate(streamSid, 'AAAA');
  const seen: unknown[] = [];
  const reader = new FrameReader((_opcode, buffer, start, end, mask) =>
    seen.push(JSON.parse(payloadOf(buffer, start, end, mask).toString())),
  );
  const chunks = [1, 2, 8, 9, 10, 11, 99, 100, 4999, 5000, 5001];
  for (const chunk of chunks) reader.read(template.next(chunk, (chunk - 1) * 20));
  expect(seen).toEqual(
    chunks.map((chunk) => ({
      event: 'media',
      sequenceNumber: String(chunk + 1),
      media: { track: 'inbound', chunk: String(chunk), timestamp: String((chunk - 1) * 20), payload: 'AAAA' },
      streamSid,
    })),
  );
});
