import { type MessageBus, type OutboxMessage } from '@frontdesk/messaging';
import { backoffMs } from '@frontdesk/runtime';

const again = { attempts: Infinity, minMs: 500, maxMs: 10_000, multiplier: 2 };

/**
 * A bus that may not be there yet: the gateway answers calls without Kafka (IN7). Connects in the background, again and
 * again; until then `publish` throws, which the bounded publisher takes as a reason to wait.
 */
export class LateBus implements Pick<MessageBus, 'publish'>, AsyncDisposable {
  private bus: MessageBus | undefined;
  private isDisposed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connect: () => Promise<MessageBus>,
    /** Called with the connected bus, again until it succeeds. */
    private readonly onConnected: (bus: MessageBus) => Promise<void>,
    private readonly onFailure: (error: unknown) => void,
  ) {
    void this.attempt(1);
  }

  async publish(messages: readonly OutboxMessage[]): Promise<void> {
    if (!this.bus) throw new Error('not connected to Kafka yet');
    await this.bus.publish(messages);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.timer);
    await this.bus?.[Symbol.asyncDispose]();
  }

  private async attempt(number: number): Promise<void> {
    try {
      if (!this.bus) {
        const bus = await this.connect();
        if (this.isDisposed) return await bus[Symbol.asyncDispose]();
        this.bus = bus;
      }
      await this.onConnected(this.bus);
    } catch (error) {
      this.onFailure(error);
      if (this.isDisposed) return;
      this.timer = setTimeout(() => void this.attempt(number + 1), backoffMs(again, number));
    }
  }
}
