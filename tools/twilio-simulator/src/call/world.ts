import type { Clock } from '@frontdesk/runtime';
import type { Journal } from '../book/journal';
import type { MediaClock } from '../clock/media-clock';
import type { FaultRegistry } from '../faults/fault-registry';
import type { RecordingStore } from '../recording/recording-store';
import type { RouteTable } from '../routing/route-table';
import type { WebhookClient } from '../webhooks/webhook-client';
import type { CallProgram } from '../twiml/call-program';
import type { CallStore } from './call-store';
import type { CalleeBook } from './callees';
import type { DialQueue } from './dial-queue';
import type { NumberBook } from './numbers';
import type { SimulatorSettings } from './settings';

/** Everything a call can reach, built once by the simulator. */
export interface World {
  readonly accountSid: string;
  readonly authToken: string;
  readonly clock: Clock;
  readonly mediaClock: MediaClock;
  readonly routes: RouteTable;
  readonly faults: FaultRegistry;
  readonly webhooks: WebhookClient;
  readonly settings: SimulatorSettings;
  readonly numbers: NumberBook;
  readonly callees: CalleeBook;
  readonly calls: CallStore;
  readonly dialQueue: DialQueue;
  /** The instructions being run, by call SID; a leg dialled by a `<Dial>` has none. */
  readonly programs: Map<string, CallProgram>;
  readonly recordings: RecordingStore;
  readonly journal: Journal;
  /** Base URL of this REST API, for the URLs it hands out. */
  baseUrl(): string;
}
