import { createPhrase } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { frameCount } from '../../cache/frames';
import { type GreetingParts } from '../../parts';
import { hasWords, spokenText } from '../../pipeline/spoken-text';
import { wantFrames } from '../../store/queries/wanted-frames';
import { asSpokenText, framesRequest } from '../../profiles/speech-plan';

/** Locale and voice left out are the business's own. Answers when the frames exist; asked again, it costs nothing. */
export const serveCreatePhrase = (
  router: ServiceRouter,
  { database, profiles, cache, current }: GreetingParts,
): void =>
  router.handle(createPhrase, async ({ body, caller }) => {
    if (!hasWords(spokenText(body.text)))
      throw new HttpProblem(400, 'The request does not fit', undefined, [
        { path: 'body.text', message: 'holds nothing that can be spoken' },
      ]);
    const speech = await profiles.speechOf(body.businessId, caller.businessIds, body);
    const request = framesRequest(body.pool, { businessId: body.businessId, text: body.text, ...speech });
    // Kept, so that it is made whatever becomes of this replica or of the provider.
    await wantFrames(database.dataSource.manager, [request], current);
    const frames = await cache.ensure(request).catch((error: unknown) => {
      throw new HttpProblem(503, 'The speech provider does not deliver', (error as Error).message);
    });
    return { ...asSpokenText(request), frames: frameCount(frames) };
  });
