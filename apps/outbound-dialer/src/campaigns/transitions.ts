import { type EntityManager } from 'typeorm';
import { announceAttempts, announceCampaign } from '../attempts/announce';
import { cancelWaitingAttempts } from '../store/queries/cancel-waiting-attempts';
import { moveCampaign } from '../store/queries/move-campaign';
import { selectFinished } from '../store/queries/select-finished';
import { type CampaignRow } from '../store/rows';

/** draft → running. */
export const startDraft = async (manager: EntityManager, id: string): Promise<CampaignRow | undefined> =>
  announced(manager, await moveCampaign(manager, id, ['draft'], 'running', null));

/** running → paused: no attempt is claimed from here on; calls that are placed go on. */
export const pauseRunning = async (
  manager: EntityManager,
  id: string,
  reason: string | null,
): Promise<CampaignRow | undefined> =>
  announced(manager, await moveCampaign(manager, id, ['running'], 'paused', reason));

/** paused → running. */
export const resumePaused = async (manager: EntityManager, id: string): Promise<CampaignRow | undefined> =>
  announced(manager, await moveCampaign(manager, id, ['paused'], 'running', null));

/** draft, running or paused → cancelled: what is not placed yet never will be; calls that are placed go on. */
export const cancelOpen = async (manager: EntityManager, id: string): Promise<CampaignRow | undefined> => {
  const campaign = await moveCampaign(manager, id, ['draft', 'running', 'paused'], 'cancelled', null);
  if (campaign) await announceAttempts(manager, await cancelWaitingAttempts(manager, id));
  return announced(manager, campaign);
};

/** running → finished, for every campaign that has nothing left to do. */
export const finishEmptyCampaigns = async (manager: EntityManager): Promise<CampaignRow[]> => {
  const finished: CampaignRow[] = [];
  for (const id of await selectFinished(manager)) {
    const campaign = await announced(manager, await moveCampaign(manager, id, ['running'], 'finished', null));
    if (campaign) finished.push(campaign);
  }
  return finished;
};

const announced = async (
  manager: EntityManager,
  campaign: CampaignRow | undefined,
): Promise<CampaignRow | undefined> => {
  if (campaign) await announceCampaign(manager, campaign);
  return campaign;
};
