import { type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultName, type FaultRegistry, type Strike } from '../faults/fault-registry';
import { type SpeechRequest } from './speech';

/** Neither whole samples nor whole frames: whoever reads the stream has to keep the odd byte. */
const CHUNK_BYTES = 4_801;
const CHUNK_MS = 2;

const PAGE = '<!doctype html><title>502 Bad Gateway</title>';

/** What a body may be instead of the speech. */
const bodies: Partial<Record<FaultName, (speech: Buffer) => Buffer>> = {
  'speech-silence': (speech) => Buffer.alloc(speech.length),
  'speech-odd-byte': (speech) => Buffer.concat([speech, Buffer.from([1])]),
  'speech-page': () => Buffer.from(PAGE.repeat(400)),
  'speech-empty': () => Buffer.alloc(0),
  'speech-short': (speech) => speech.subarray(0, 2 * Math.round(speech.length / 40)),
};

/** Streams the speech in small chunks, or what a fault makes of it. */
export const sendSpeech = async (
  response: ServerResponse,
  { response_format: format, input }: SpeechRequest,
  speech: Buffer,
  faults: FaultRegistry,
): Promise<void> => {
  const fault = (name: FaultName): Strike | undefined => faults.take(name, input);
  const name = (Object.keys(bodies) as FaultName[]).find((each) => fault(each));
  const bytes = name ? bodies[name]!(speech) : speech;
  const slow = fault('speech-slow');
  if (slow) await sleep(slow.number('firstMs', 0));
  const stalls = fault('speech-stalls-after-first-chunk') !== undefined;
  const cutAt = fault('speech-cut') ? bytes.length / 2 : Infinity;
  response.writeHead(200, { 'content-type': format === 'wav' ? 'audio/wav' : 'audio/pcm' });
  response.flushHeaders();
  for (let from = 0; from < bytes.length && !response.destroyed; from += CHUNK_BYTES) {
    // Headers said nothing of a length: only the connection tells that this was not the end.
    if (from > cutAt) return void response.destroy();
    response.write(bytes.subarray(from, from + CHUNK_BYTES));
    // The connection stays open and nothing more comes.
    if (stalls) return;
    await sleep(slow ? slow.number('chunkMs', 100) : CHUNK_MS);
  }
  response.end();
};
