import { cancelCampaign, pauseCampaign, resumeCampaign, startCampaign } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type EntityManager } from 'typeorm';
import { asCampaign } from '../../../campaigns/campaign-shape';
import { cancelOpen, pauseRunning, resumePaused, startDraft } from '../../../campaigns/transitions';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { countProgress } from '../../../store/queries/count-progress';
import { type CampaignRow, type CampaignState } from '../../../store/rows';

type Move = (manager: EntityManager, id: string) => Promise<CampaignRow | undefined>;

const startWithContacts: Move = async (manager, id) => {
  const { queued, done } = await countProgress(manager, id);
  if (queued + done === 0) throw new HttpProblem(409, 'The campaign has no contacts', 'add some first');
  return startDraft(manager, id);
};

const verbs: readonly [typeof startCampaign, CampaignState, Move][] = [
  [startCampaign, 'running', startWithContacts],
  [pauseCampaign, 'paused', (manager, id) => pauseRunning(manager, id, null)],
  [resumeCampaign, 'running', resumePaused],
  [cancelCampaign, 'cancelled', cancelOpen],
];

/** Start, pause, resume and cancel. Asking for the state that is already there answers it again. */
export const serveTransitions = (router: ServiceRouter, { database, events }: DialerParts): void => {
  for (const [endpoint, state, move] of verbs)
    router.handle(endpoint, ({ params, caller }) =>
      database.transaction(async (manager) => {
        const campaign = await visibleCampaign(manager, params.id, caller);
        const moved = campaign.state === state ? undefined : await move(manager, params.id);
        if (moved) events.campaignMoved(moved.id, moved.state, moved.state_reason);
        // Somebody else may have asked for the same at the same moment.
        const now = moved ?? (await visibleCampaign(manager, params.id, caller));
        if (now.state !== state)
          throw new HttpProblem(409, `A campaign that is ${now.state} cannot become ${state}`);
        return asCampaign(now);
      }),
    );
};
