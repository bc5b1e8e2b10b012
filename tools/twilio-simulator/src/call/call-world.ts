import type { Clock } from '@frontdesk/runtime';
import type { Journal } from '../book/journal';
import type { MediaClock } from '../clock/media-clock';
import type { FaultRegistry } from '../faults/fault-registry';
import type { RouteTable } from '../routing/route-table';
import type { WebhookClient } from '../webhooks/webhook-client';
import type { CallStore } from './call-store';
import type { CalleeBook } from './callees';
import type { DialQueue } from './dial-queue';
import type { NumberBook } from './numbers';
import type { SimulatorSettings } from './settings';

/** What a call, its streams, its recordings and its instructions reach of the simulated world. */
export interface CallWorld {
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
  readonly journal: Journal;
  /** What a call's final status callback says of its recording, if it has one. */
  recordingParameters(callSid: string): Record<string, string>;
  /** Base URL of this REST API, for the URLs it hands out. */
  baseUrl(): string;
}
