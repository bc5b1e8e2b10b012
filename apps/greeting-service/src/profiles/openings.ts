import { type Database } from '@frontdesk/persistence';
import { fillTemplate } from '@frontdesk/runtime';
import { type FramesRequest } from '../cache/frames';
import { hasWords, spokenText } from '../pipeline/spoken-text';
import { touchCampaignFrames } from '../store/queries/campaign-frames';
import { wantFrames, type CurrentFrames } from '../store/queries/wanted-frames';
import { framesRequest } from './speech-plan';

export interface OpeningsAsked {
  readonly businessId: string;
  readonly template: string;
  readonly people: readonly Readonly<Record<string, string>>[];
  readonly locale: string;
  readonly voice: string;
}

export interface Opening {
  readonly request: FramesRequest;
  readonly ready: boolean;
}

/** The opening lines of these people, wanted from now on; which of them exist already. Null when one says nothing. */
export const wantOpenings = async (
  { database, current }: { database: Database; current: CurrentFrames },
  { template, people, ...speech }: OpeningsAsked,
): Promise<Opening[] | null> => {
  const requests = people.map((person) =>
    framesRequest('campaign', { ...speech, text: fillTemplate(template, person) }),
  );
  if (!requests.every(({ text }) => hasWords(spokenText(text)))) return null;
  return await database.transaction(async (manager) => {
    const wanted = await wantFrames(manager, requests, current);
    const openings = requests.map((request) => ({ request, ready: !wanted.has(request.key) }));
    await touchCampaignFrames(
      manager,
      openings.filter(({ ready }) => ready).map(({ request }) => request.key),
    );
    return openings;
  });
};
