import { type EntityManager } from 'typeorm';
import { announceAttempts, announceCampaign } from '../attempts/announce';
import { cancelWaitingAttempts, selectStranded } from '../store/queries/cancel-waiting-attempts';
import { findFailing } from '../store/queries/failing-campaigns';
import { tryLockUploads } from '../store/queries/lock-uploads';
import { moveCampaign } from '../store/queries/move-campaign';
import { isFinished, selectFinished } from '../store/queries/select-finished';
import { type CampaignRow } from '../store/rows';

/** When a campaign pauses itself. */
export interface BreakerOptions {
  /** Latest calls that are looked at; fewer decide nothing. */
  readonly breakerCalls: number;
  /** Share of them that may not fail, per cent. */
  readonly breakerPercent: number;
}

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

/**
 * Ends what came back to, or into, a campaign after it was cancelled: an attempt whose worker died, that Twilio refused
 * for now or never placed, a retry or an upload that committed at the same moment.
 */
export const cancelStranded = async (manager: EntityManager): Promise<void> => {
  for (const id of await selectStranded(manager))
    await announceAttempts(manager, await cancelWaitingAttempts(manager, id));
};

/** running → paused, for every campaign whose calls keep failing: the reason says so (OU6). */
export const pauseFailing = async (
  manager: EntityManager,
  { breakerCalls, breakerPercent }: BreakerOptions,
): Promise<CampaignRow[]> => {
  const paused: CampaignRow[] = [];
  for (const { id, failed, reason } of await findFailing(manager, breakerCalls, breakerPercent)) {
    const why = `${failed} of the last ${breakerCalls} calls failed${reason ? `: ${reason}` : ''}`;
    const campaign = await pauseRunning(manager, id, why);
    if (campaign) paused.push(campaign);
  }
  return paused;
};

/** running → finished, for every campaign that has nothing left to do. */
export const finishEmptyCampaigns = async (manager: EntityManager): Promise<CampaignRow[]> => {
  const finished: CampaignRow[] = [];
  for (const id of await selectFinished(manager)) {
    // An upload that commits from here on finds the campaign finished; one that has committed since is seen.
    if (!(await tryLockUploads(manager, id)) || !(await isFinished(manager, id))) continue;
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
