import { type Database } from '@frontdesk/persistence';
import { type FramesCache } from './cache/frames-cache';
import { type GreetingEvents } from './events';
import { type Profiles } from './profiles/profiles';
import { type GreetingStatistics } from './statistics';
import { type Visible } from './store/queries/find-profiles';
import { type CurrentFrames } from './store/queries/wanted-frames';

/** What the routes are made of; built once in app.ts. */
export interface GreetingParts {
  readonly database: Database;
  readonly profiles: Profiles;
  readonly cache: FramesCache;
  /** Which frames of the database count. */
  readonly current: CurrentFrames;
  readonly events: GreetingEvents;
  readonly statistics: () => Promise<GreetingStatistics>;
  /** Something was changed or asked for: look now. */
  readonly poke: () => void;
  /** Returns how many entries were removed. */
  readonly invalidate: (what: {
    businessId: string;
    visible: Visible;
    traceparent: string;
  }) => Promise<number>;
}
