import { type Database } from '@frontdesk/persistence';
import { type FramesCache } from './cache/frames-cache';
import { type Profiles } from './profiles/profiles';
import { type Visible } from './store/queries/find-profiles';

/** What the routes are made of; built once in app.ts. */
export interface GreetingParts {
  readonly database: Database;
  readonly profiles: Profiles;
  readonly cache: FramesCache;
  /** Returns how many entries were removed. */
  readonly invalidate: (what: {
    businessId: string;
    visible: Visible;
    traceparent: string;
  }) => Promise<number>;
}
