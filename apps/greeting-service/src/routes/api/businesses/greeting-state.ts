import { FRAME_MS } from '@frontdesk/audio';
import { getGreetingState } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type FramesRequest } from '../../../cache/frames';
import { type GreetingParts } from '../../../parts';
import { asSpokenText, keysOf } from '../../../profiles/speech-plan';
import { findFramesMade, type FramesMade } from '../../../store/queries/frames-state';

/** What of a business exists as frames, and who spoke it. */
export const serveGreetingState = (
  router: ServiceRouter,
  { database, profiles, current }: GreetingParts,
): void =>
  router.handle(getGreetingState, async ({ params, caller }) => {
    const { greeting, phrases } = await profiles.plan(params.id, caller.businessIds);
    const keys = keysOf({ greeting, phrases });
    const made = await findFramesMade(database.dataSource.manager, keys, current);
    const stateOf = (request: FramesRequest) => ({
      ...asSpokenText(request),
      made: madeOf(made.get(request.key)),
    });
    return {
      locale: greeting.locale,
      voice: greeting.voice,
      greeting: stateOf(greeting),
      phrases: Object.fromEntries(Object.entries(phrases).map(([name, phrase]) => [name, stateOf(phrase)])),
    };
  });

const madeOf = (made: FramesMade | undefined) =>
  made
    ? {
        frames: made.frames,
        durationMs: made.frames * FRAME_MS,
        provider: made.provider,
        model: made.model,
        madeAt: made.madeAt.toISOString(),
      }
    : null;
