import {
  actOnCall,
  type CallPhase,
  type Endpoint,
  getStream,
  getStreamPast,
  listLiveCalls,
  type LiveCall,
  reportCallOver,
  reportStreamStarted,
} from '@frontdesk/contracts';
import { type CallInput, ServiceCallError, ServiceClient } from '@frontdesk/http';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type z } from 'zod';
import { PeerAddresses } from './peer-addresses';

/** All peers are asked at once; one that is slower than this does not answer for the call. */
const ASK_MS = 300;
const REPORT_MS = 2000;
/** A start that is not reported lets the issuer's watch run out on a healthy call: tried again, within that watch's time. */
const REPORT_FOR_MS = 6000;
const REPORT_AGAIN_MS = { min: 250, max: 1500 };
/** Addresses of issuers that are no configured peers: replicas of a rollout. */
const MAX_CLIENTS = 64;

export interface PeerAnswer {
  /** Internal address of the replica. */
  readonly url: string;
  readonly owner: boolean;
  readonly generation: number;
  readonly phase: CallPhase;
  readonly fallbackFetched: boolean;
  readonly handedOver: boolean;
}

export type HeardPast = z.output<(typeof getStreamPast)['response']>['past'];
export type CallAction = z.output<(typeof actOnCall)['body']>;

/** The other replicas, over their internal HTTP API. */
export class GatewayPeers implements AsyncDisposable {
  /** Names this process to whoever asks it, itself included. */
  readonly instance = randomUUID();
  private readonly clients = new Map<string, ServiceClient>();
  private readonly addresses: PeerAddresses;

  /**
   * @param peers entries of GATEWAY_PEERS
   * @param selfUrl this replica's internal address, left out when the list names it
   * @param askMs bound on an answer
   * @param reportForMs how long a start is reported to somebody who cannot be reached
   */
  constructor(
    private readonly peers: readonly string[],
    private readonly selfUrl: () => string,
    private readonly secrets: readonly string[],
    private readonly askMs = ASK_MS,
    private readonly reportForMs = REPORT_FOR_MS,
  ) {
    this.addresses = new PeerAddresses(peers);
  }

  /**
   * What the peers know of a call; those that do not answer in time know nothing. What we know ourselves is left out, by
   * whatever address we were asked.
   */
  async ask(callSid: string): Promise<PeerAnswer[]> {
    const asked = (await this.present()).map(async (url): Promise<PeerAnswer[]> => {
      const answer = await this.call(url, getStream, { params: { callSid }, timeoutMs: this.askMs });
      if (answer.instance === this.instance) return [];
      const { owner, generation, phase, fallbackFetched, handedOver } = answer;
      return [{ url, owner, generation, phase, fallbackFetched, handedOver }];
    });
    return fulfilled(await Promise.allSettled(asked)).flat();
  }

  /** The conversation of a call as the peer that had its last stream remembers it; null when none does. */
  async past(callSid: string): Promise<HeardPast | null> {
    const asked = (await this.present()).map((url) =>
      this.call(url, getStreamPast, { params: { callSid }, timeoutMs: this.askMs }),
    );
    const pasts = fulfilled(await Promise.allSettled(asked)).map(({ past }) => past);
    return pasts.sort((a, b) => b.length - a.length)[0] ?? null;
  }

  /** Calls live at the peers that answer in time. */
  async liveCalls(): Promise<LiveCall[]> {
    const query = { scope: 'replica' } as const;
    const asked = (await this.present()).map((url) =>
      this.call(url, listLiveCalls, { query, timeoutMs: this.askMs }),
    );
    return fulfilled(await Promise.allSettled(asked)).flatMap(({ calls }) => calls);
  }

  /** Passes Twilio's final status on; a peer that cannot be reached forgets the call by itself. */
  async reportOver(callSid: string): Promise<void> {
    const told = (await this.present()).map((url) =>
      this.call(url, reportCallOver, { params: { callSid }, timeoutMs: REPORT_MS }),
    );
    await Promise.allSettled(told);
  }

  /** Whether there is anybody to ask. */
  get areConfigured(): boolean {
    return this.peers.length > 0;
  }

  /** Whether any other replica takes new calls now. */
  async isAnyReady(): Promise<boolean> {
    const asked = (await this.others()).map(async (url) => {
      const { ok } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(this.askMs) });
      if (!ok) throw new Error('not ready');
    });
    return Promise.any(asked).then(
      () => true,
      () => false,
    );
  }

  /** Passes an action on to the replica that has the call. */
  async act(url: string, callSid: string, action: CallAction): Promise<boolean> {
    return (await this.call(url, actOnCall, { params: { sid: callSid }, body: action })).accepted;
  }

  /**
   * Tells that a stream started: the token's issuers, or all; tried again while no answer comes and it is due.
   * @returns false as soon as one of them says that another stream used the token or that a newer stream has the call; true also
   *   when nobody can be reached: that does not stop a call
   */
  async reportStarted(
    callSid: string,
    use: { jti: string; generation: number; streamSid: string },
    to: { readonly issuers: readonly string[]; readonly all: boolean; readonly isDue: () => boolean },
  ): Promise<boolean> {
    const urls = new Set([...to.issuers, ...(to.all ? await this.present() : [])]);
    const refusals = [...urls].map(async (url) => {
      if (await this.isAccepted(url, callSid, use, to.isDue)) throw new Error('accepted');
    });
    return Promise.any(refusals).then(
      () => false,
      () => true,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client[Symbol.asyncDispose]()));
  }

  private async isAccepted(
    url: string,
    callSid: string,
    use: { jti: string; generation: number; streamSid: string },
    isDue: () => boolean,
  ): Promise<boolean> {
    const until = performance.now() + this.reportForMs;
    for (let waitMs = REPORT_AGAIN_MS.min; ; waitMs = Math.min(2 * waitMs, REPORT_AGAIN_MS.max)) {
      try {
        await this.call(url, reportStreamStarted, { params: { callSid }, body: use, timeoutMs: REPORT_MS });
        return true;
      } catch (error) {
        if (!(error instanceof ServiceCallError)) throw error;
        if (error.status !== null) return error.status !== 409;
        // With the process its watch and its streams are gone.
        if (error.isRefused) return true;
      }
      if (performance.now() + waitMs > until) return true;
      await sleep(waitMs);
      if (!isDue()) return true;
    }
  }

  private async others(): Promise<string[]> {
    return (await this.addresses.now()).filter((url) => url !== this.selfUrl());
  }

  /** Whoever refused a connection a moment ago knows nothing, and need not be waited for. */
  private async present(): Promise<string[]> {
    return (await this.others()).filter((url) => !this.addresses.isGone(url));
  }

  private async call<E extends Endpoint>(
    url: string,
    endpoint: E,
    input: CallInput<E>,
  ): Promise<z.output<E['response']>> {
    try {
      return await this.client(url).call(endpoint, input);
    } catch (error) {
      if (error instanceof ServiceCallError && error.isRefused) this.addresses.noteGone(url);
      throw error;
    }
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

const fulfilled = <T>(outcomes: readonly PromiseSettledResult<T>[]): T[] =>
  outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
