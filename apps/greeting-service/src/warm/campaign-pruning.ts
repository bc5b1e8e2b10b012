import { type Database } from '@frontdesk/persistence';
import { type GreetingEvents } from '../events';
import { pruneCampaignFrames, pruneOutdatedMakers } from '../store/queries/campaign-frames';
import { forgetOldWanted, type CurrentFrames } from '../store/queries/wanted-frames';

const EVERY_MS = 60 * 60 * 1000;

export interface PruningOptions {
  database: Database;
  events: GreetingEvents;
  current: CurrentFrames;
  campaignKeepDays: number;
  campaignStoredMax: number;
}

/** Once at the start and each hour: openings of campaigns long over go, and frames of makers of old, so that the database does not grow for ever. */
export const startPruning = (options: PruningOptions): Disposable => {
  const { database, events, current, campaignKeepDays: keepDays, campaignStoredMax: maxStored } = options;
  const prune = async (): Promise<void> => {
    const { manager } = database.dataSource;
    const removed = await pruneCampaignFrames(manager, { keepDays, maxStored });
    await forgetOldWanted(manager);
    await pruneOutdatedMakers(manager, current);
    if (removed > 0) events.campaignFramesPruned(removed);
  };
  const pruneSafely = (): void => void prune().catch((error: unknown) => events.followFailed(error));
  const timer = setInterval(pruneSafely, EVERY_MS);
  pruneSafely();
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
