import { getManyFrames } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../parts';

/** An answer that has grown past this ends: some 40 minutes of speech. */
const FULL_BYTES = 20 * 1024 * 1024;
/** Keys looked for in the database at once. */
const AT_ONCE = 50;

/** Frames by the hundred, for a gateway that starts: one request instead of one for each greeting and phrase. */
export const serveManyFrames = (router: ServiceRouter, { cache }: GreetingParts): void =>
  router.stream(getManyFrames, async ({ body }, response) => {
    const keys = [...new Set(body.keys)];
    response.setHeader('Content-Type', 'application/octet-stream');
    let bytes = 0;
    for (let at = 0; at < keys.length && bytes < FULL_BYTES; at += AT_ONCE) {
      const some = keys.slice(at, at + AT_ONCE);
      const found = new Map((await cache.findMany(some)).map((frames) => [frames.key, frames.mulaw]));
      const answer = Buffer.concat(some.flatMap((key) => entry(key, found.get(key))));
      bytes += answer.length;
      response.write(answer);
    }
    response.end();
  });

const entry = (key: string, mulaw: Buffer | undefined): Buffer[] => {
  const head = Buffer.alloc(36);
  head.write(key, 'hex');
  head.writeUInt32BE(mulaw?.length ?? 0, 32);
  return mulaw ? [head, mulaw] : [head];
};
