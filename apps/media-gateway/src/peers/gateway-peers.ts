import { actOnCall, type CallPhase, getStream, reportStreamStarted } from '@frontdesk/contracts';
import { ServiceCallError, ServiceClient } from '@frontdesk/http';
import { type z } from 'zod';
import { peerAddresses } from './peer-addresses';

/** All peers are asked at once; one that is slower than this does not answer for the call. */
const ASK_MS = 300;
const REPORT_MS = 2000;
/** Addresses of issuers that are no configured peers: replicas of a rollout. */
const MAX_CLIENTS = 64;

export interface PeerAnswer {
  /** Internal address of the replica. */
  readonly url: string;
  readonly owner: boolean;
  readonly generation: number;
  readonly phase: CallPhase;
}

export type CallAction = z.output<(typeof actOnCall)['body']>;

/** The other replicas, over their internal HTTP API. */
export class GatewayPeers implements AsyncDisposable {
  private readonly clients = new Map<string, ServiceClient>();

  /**
   * @param peers entries of GATEWAY_PEERS
   * @param selfUrl this replica's internal address, left out when the list names it
   */
  constructor(
    private readonly peers: readonly string[],
    private readonly selfUrl: () => string,
    private readonly secrets: readonly string[],
  ) {}

  /** What the peers know of a call; those that do not answer in time know nothing. */
  async ask(callSid: string): Promise<PeerAnswer[]> {
    const urls = (await peerAddresses(this.peers)).filter((url) => url !== this.selfUrl());
    const asked = urls.map(async (url) => {
      const { owner, generation, phase } = await this.client(url).call(getStream, {
        params: { callSid },
        timeoutMs: ASK_MS,
      });
      return { url, owner, generation, phase };
    });
    const answers = await Promise.allSettled(asked);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** Passes an action on to the replica that has the call. */
  async act(url: string, callSid: string, action: CallAction): Promise<boolean> {
    return (await this.client(url).call(actOnCall, { params: { sid: callSid }, body: action })).accepted;
  }

  /**
   * Tells a token's issuer that it was used.
   * @returns false when it was used before; true also when the issuer cannot be reached: that does not stop a call
   */
  async reportStarted(
    issuerUrl: string,
    callSid: string,
    use: { jti: string; generation: number; streamSid: string },
  ): Promise<boolean> {
    try {
      await this.client(issuerUrl).call(reportStreamStarted, {
        params: { callSid },
        body: use,
        timeoutMs: REPORT_MS,
      });
      return true;
    } catch (error) {
      return !(error instanceof ServiceCallError && error.status === 409);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client[Symbol.asyncDispose]()));
  }

  private client(url: string): ServiceClient {
    let client = this.clients.get(url);
    if (client) return client;
    client = new ServiceClient({
      baseUrl: url,
      audience: 'media-gateway',
      subject: 'media-gateway',
      secrets: this.secrets,
    });
    this.clients.set(url, client);
    if (this.clients.size > MAX_CLIENTS) {
      const [oldestUrl, oldest] = this.clients.entries().next().value!;
      this.clients.delete(oldestUrl);
      void oldest[Symbol.asyncDispose]();
    }
    return client;
  }
}
