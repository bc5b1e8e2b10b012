import { parseMediaStreamMessage } from '@frontdesk/telephony';
import { MediaTemplate } from './media-template';
import { FrameReader, payloadOf } from './web-socket-frames';

it('writes the counters of every message, also where they grow by a digit', () => {
  const template = new MediaTemplate(`MZ${'0'.repeat(32)}`, 'AAAA');
  const seen: unknown[] = [];
  const reader = new FrameReader((_opcode, buffer, start, end, mask) =>
    seen.push(parseMediaStreamMessage(payloadOf(buffer, start, end, mask).toString())),
  );
  const chunks = [1, 2, 8, 9, 10, 11, 99, 100, 4999, 5000, 5001];
  for (const chunk of chunks) reader.read(template.next(chunk, (chunk - 1) * 20));
  expect(seen).toEqual(
    chunks.map((chunk) => ({ kind: 'media', payload: 'AAAA', chunk, timestampMs: (chunk - 1) * 20 })),
  );
});
