import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../gateway';
import { promptFile } from '../prompts/prompt-audio';

const FILE = /^([0-9a-f]{64})\.wav$/;

/** The audio of prompts that Twilio plays by itself, to whoever has a URL that we signed (`prompts/audio-urls.ts`). */
export const audio = (router: ServiceRouter, gateway: Gateway): void =>
  router.raw(
    'GET',
    '/audio/{file}',
    async ({ params, query }, response) => {
      const { audioUrls, frames, events } = gateway.parts;
      const key = FILE.exec(String(params.file))?.[1];
      if (!key) throw new HttpProblem(404, 'Not found');
      const claim = { key, expires: only(query.expires), signature: only(query.signature) };
      const held = audioUrls.check(claim);
      if (typeof held === 'string') {
        events.audioRefused(held);
        throw new HttpProblem(held === 'expired' ? 410 : 403, `The URL is ${held}`);
      }
      const { wav, isTone } = await promptFile(frames, key);
      if (isTone) events.promptMissing(key);
      response.setHeader('Content-Type', 'audio/wav');
      response.setHeader('Content-Length', wav.length);
      // The key names the words as they are spoken: what was fetched once stays right for as long as its URL does.
      response.setHeader('Cache-Control', isTone ? 'no-store' : `private, max-age=${held}, immutable`);
      response.end(wav);
    },
    { reason: 'an HMAC in the query says that we gave out this URL' },
  );

/** Null for a name that is missing or came twice. */
const only = (value: unknown): string | null => (typeof value === 'string' ? value : null);
