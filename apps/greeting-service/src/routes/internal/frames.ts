import { getFrames } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../parts';
import { sendFrames } from './send-frames';

/** Never synthesizes: a gateway has its own way for what is not cached (GR5). */
export const serveFrames = (router: ServiceRouter, { cache }: GreetingParts): void =>
  router.stream(getFrames, async ({ params, express }, response) => {
    const frames = await cache.find(params.key);
    if (!frames) throw new HttpProblem(404, 'These frames do not exist');
    sendFrames(frames, express, response);
  });
