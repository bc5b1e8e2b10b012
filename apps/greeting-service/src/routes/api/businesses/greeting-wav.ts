import { writeMulawWav } from '@frontdesk/audio';
import { getGreetingWav } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';

/** Exactly the bytes the phone gets, with a WAV header in front. */
export const serveGreetingWav = (router: ServiceRouter, { profiles, cache }: GreetingParts): void =>
  router.stream(getGreetingWav, async ({ params, caller }, response) => {
    const { greeting } = await profiles.plan(params.id, caller.businessIds);
    const frames = await cache.find(greeting.key);
    if (!frames)
      throw new HttpProblem(404, 'The greeting is not synthesized yet', 'Try again in a few seconds');
    response.setHeader('Content-Type', 'audio/wav');
    response.setHeader('ETag', `"${greeting.key}"`);
    response.end(writeMulawWav([frames.mulaw]));
  });
