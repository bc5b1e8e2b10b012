import { type TopicDefinition } from '@frontdesk/contracts';
import { type BackoffPolicy } from '@frontdesk/runtime';
import { type ZodType } from 'zod';

/** A message as its publisher hands it over. */
export interface OutboxMessage {
  topic: string;
  /** Messages of one key keep their order. */
  key: string;
  /** An event envelope; sent as JSON. */
  value: object;
  headers?: Record<string, string>;
}

/** A message as its consumer gets it: parsed by the subscription's schema. */
export interface IncomingMessage<T> {
  readonly value: T;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 1 on the first try of this delivery; a redelivery after a crash starts at 1 again. */
  readonly attempt: number;
  readonly partition: number;
  readonly offset: string;
}

export interface HandlerContext {
  /** Tells the group that this member is alive. Called for the handler on a timer; only needed in a busy loop. */
  heartbeat(): Promise<void>;
  /** Aborted when the subscription stops, or the partition was taken away while the handler waits. */
  readonly signal: AbortSignal;
}

export interface Subscription<T = unknown> {
  topic: TopicDefinition;
  group: string;
  /** Messages that do not parse go to the dead-letter topic at once. */
  schema: ZodType<T>;
  /** At-least-once: must be idempotent. Throwing means another try by `retry`, then the dead-letter topic. */
  handle(message: IncomingMessage<T>, context: HandlerContext): Promise<void>;
  /** Default {@link defaultRetry}. */
  retry?: BackoffPolicy;
  /**
   * Whether an error says nothing about the message because what the handler needs is away (its database, say). Such a
   * failure is no try: the message waits in its place, however long that takes, rather than in the dead-letter topic.
   */
  isOutage?(error: unknown): boolean;
  /**
   * Whether trying again cannot help (nothing left to pay with, a request that is refused): the message goes to the
   * dead-letter topic at once.
   */
  isPermanent?(error: unknown): boolean;
  /** Partitions handled at once (default 1); within a partition messages are handled one by one, in order. */
  concurrency?: number;
  /** The consumer ended for good: fail liveness, so that the process is replaced. */
  onCrash?(error: Error): void;
  /** Where a group without offsets begins; default true. */
  fromBeginning?: boolean;
}

/** All that services know of Kafka. Swapping the client touches this library alone. */
export interface MessageBus extends AsyncDisposable {
  /** Resolves when every message is on the broker (acks=all, idempotent); throws when any may not be. */
  publish(messages: readonly OutboxMessage[]): Promise<void>;
  /** Resolves once the consumer runs; disposing finishes the handler in flight, commits and leaves the group. */
  subscribe<T>(subscription: Subscription<T>): Promise<AsyncDisposable>;
  /** Throws naming the topics that do not exist or have too few partitions. */
  checkTopics(topics: readonly TopicDefinition[]): Promise<void>;
}

/** Where committed messages wait for the relay; libs/persistence has one over Postgres. */
export interface OutboxStore {
  /**
   * Takes up to `limit` rows, oldest first and safe against other relays, publishes them and removes them when
   * `publish` resolved. Returns how many there were.
   */
  takeBatch(limit: number, publish: (rows: OutboxMessage[]) => Promise<void>): Promise<number>;
  /** Calls back whenever rows may have been added. */
  listen(onWake: () => void): Promise<AsyncDisposable>;
}

/** Retry of a handler: about 0.2, 0.4, 0.8, 1.6 s between five tries. */
export const defaultRetry: BackoffPolicy = { attempts: 5, minMs: 200, maxMs: 5000, multiplier: 2 };
