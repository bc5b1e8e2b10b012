import { type Database } from '@frontdesk/persistence';
import { type DialerEvents } from './events';

/** What the routes are made of; built once in app.ts. */
export interface DialerParts {
  readonly database: Database;
  readonly events: DialerEvents;
  /** Calls of new campaigns are placed with it. */
  readonly accountSid: string;
  readonly numberCountry: string;
  readonly callCheckMs: number;
}
