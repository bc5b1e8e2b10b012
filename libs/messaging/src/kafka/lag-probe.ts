import { type TopicDefinition } from '@frontdesk/contracts';
import { type Logger } from '@frontdesk/observability';
import { type Admin } from 'kafkajs';
import { events } from '../events';
import { type MessagingMetrics } from '../metrics';

export interface LagProbeOptions {
  readonly admin: Admin;
  readonly topic: TopicDefinition;
  readonly group: string;
  /** Where a partition begins of which the group has committed nothing. */
  readonly fromBeginning: boolean;
  readonly everyMs: number;
  readonly lag: MessagingMetrics['lag'];
  readonly logger: Logger;
}

/**
 * Asks the broker every few seconds how far a group is behind, partition by partition: what was written and not committed.
 * So it also grows while a consumer is stuck or none is there, and every process of a group tells the same.
 */
export class LagProbe implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  private constructor(private readonly options: LagProbeOptions) {}

  static start(options: LagProbeOptions): LagProbe {
    const probe = new LagProbe(options);
    probe.later();
    return probe;
  }

  private later(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      void this.ask().finally(() => this.later());
    }, this.options.everyMs);
    this.timer.unref();
  }

  private async ask(): Promise<void> {
    const { admin, topic, group, fromBeginning, lag, logger } = this.options;
    try {
      const [written, [found]] = await Promise.all([
        admin.fetchTopicOffsets(topic.name),
        admin.fetchOffsets({ groupId: group, topics: [topic.name] }),
      ]);
      if (this.isStopped) return;
      const committed = new Map(
        found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]),
      );
      for (const { partition, low, high } of written) {
        const offset = committed.get(partition) ?? -1n;
        // What retention took away waits for nobody.
        const begin = offset < 0n ? BigInt(fromBeginning ? low : high) : max(offset, BigInt(low));
        lag.set(
          { topic: topic.name, group, partition: String(partition) },
          Number(max(BigInt(high) - begin, 0n)),
        );
      }
    } catch (error) {
      logger.debug(events.lagUnknown, { topic: topic.name, group, reason: error });
    }
  }

  /** A question that is under way is not waited for: its answer is dropped. */
  [Symbol.dispose](): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }
}

const max = (one: bigint, other: bigint): bigint => (one > other ? one : other);
