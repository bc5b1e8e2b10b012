import { type Clock } from '@frontdesk/runtime';
import { type Brain } from '../brain/brain';
import { type Book } from '../book/book';
import { type SimulatorConfig } from '../config';
import { type FaultRegistry } from '../faults/fault-registry';

/** How fast the model is. */
export type Pace = Pick<
  SimulatorConfig,
  'firstAudioMs' | 'createdMs' | 'deltaMs' | 'speed' | 'transcriptionMs' | 'sessionMaxMs'
>;

/** What all sessions share. */
export interface SessionContext {
  readonly clock: Clock;
  readonly brain: Brain;
  readonly book: Book;
  readonly faults: FaultRegistry;
  readonly pace: Pace;
}

/** The socket, as far as a session needs it. */
export interface SessionWire {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Ends it without a close frame, as a network does. */
  drop(): void;
}
