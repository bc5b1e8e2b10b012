import { requestOpenings } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../parts';
import { wantOpenings } from '../../profiles/openings';
import { asSpokenText } from '../../profiles/speech-plan';

/** Five hundred people with a few words each. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Answers at once; what does not exist yet is synthesized in the background, at the rate of campaigns. */
export const serveRequestOpenings = (
  router: ServiceRouter,
  { database, profiles, current, poke }: GreetingParts,
): void =>
  router.handle(
    requestOpenings,
    async ({ body, caller }) => {
      const speech = await profiles.speechOf(body.businessId, caller.businessIds, body);
      const { businessId, template, people } = body;
      const openings = await wantOpenings({ database, current }, { businessId, template, people, ...speech });
      if (!openings)
        throw new HttpProblem(400, 'The request does not fit', undefined, [
          { path: 'body.template', message: 'holds nothing that can be spoken' },
        ]);
      poke();
      return { openings: openings.map(({ request, ready }) => ({ ...asSpokenText(request), ready })) };
    },
    { maxBodyBytes: MAX_BYTES },
  );
