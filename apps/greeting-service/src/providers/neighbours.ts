import { speakGreeting } from '@frontdesk/contracts';
import { ServiceClient } from '@frontdesk/http';
import { LRUCache } from 'lru-cache';
import { type ListenTo } from '../cache/relay-speech';

/** Replicas come and go with their addresses. */
const MAX_NEIGHBOURS = 32;

/** The other replicas of this service, by the addresses that they leave with their claims. */
export class Neighbours implements AsyncDisposable {
  private readonly clients: LRUCache<string, ServiceClient>;

  /** @param timeoutMs bound on the wait for the speech to begin, and for each further piece of it */
  constructor(private readonly options: { subject: string; secrets: readonly string[]; timeoutMs: number }) {
    this.clients = new LRUCache({
      max: MAX_NEIGHBOURS,
      dispose: (client) => void client[Symbol.asyncDispose](),
    });
  }

  readonly listenTo: ListenTo = (address, { key, businessId }) =>
    this.clientOf(address).stream(speakGreeting, {
      params: { key },
      query: { businessId, relayed: 'yes' },
      timeoutMs: this.options.timeoutMs,
    });

  async [Symbol.asyncDispose](): Promise<void> {
    this.clients.clear();
    await Promise.resolve();
  }

  private clientOf(address: string): ServiceClient {
    const known = this.clients.get(address);
    if (known) return known;
    const client = new ServiceClient({ baseUrl: address, audience: 'greeting-service', ...this.options });
    this.clients.set(address, client);
    return client;
  }
}
