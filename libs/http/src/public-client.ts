import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { isPublicAddress } from './public-addresses';
import { readBounded } from './read-bounded';

/** A request that was not made: its host is not on the public internet. */
export class AddressRefusedError extends Error {
  constructor(readonly host: string) {
    super(`${host} is not on the public internet`);
    this.name = 'AddressRefusedError';
  }
}

export interface PublicClientOptions {
  /** Hosts (with a port that is not the scheme's) that an operator lets be reached, each at a URL of his. */
  readonly routes: ReadonlyMap<string, string>;
  readonly connectTimeoutMs: number;
  /** An answer with more is an error. */
  readonly maxAnswerBytes: number;
  /** How names become addresses; the system's way unless a test has its own. */
  readonly lookup?: typeof dnsLookup;
}

export interface PublicAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const MAX_CONNECTIONS_PER_HOST = 32;
/** Hosts of many businesses: idle connections are not worth keeping long. */
const KEEP_ALIVE_MS = 4000;

/**
 * Requests to URLs that people outside the operation have named (SE2). A connection is made only to an address of the
 * public internet, checked at the moment of connecting, so that no later answer of the DNS changes it. Redirects are
 * not followed, credentials of ours are never sent, proxies of the environment are not used.
 */
export class PublicClient implements AsyncDisposable {
  private readonly guarded: Agent;
  /** For hosts that an operator named. */
  private readonly trusted: Agent;

  constructor(private readonly options: PublicClientOptions) {
    const common = { connections: MAX_CONNECTIONS_PER_HOST, keepAliveTimeout: KEEP_ALIVE_MS };
    const timeout = options.connectTimeoutMs;
    this.guarded = new Agent({
      ...common,
      connect: { timeout, lookup: guardedLookup(options.lookup ?? dnsLookup) },
    });
    this.trusted = new Agent({ ...common, connect: { timeout } });
  }

  /** Posts a body. Throws {@link AddressRefusedError}, or what went wrong on the way; any status is an answer. */
  async post(
    url: string,
    request: {
      readonly headers: Record<string, string>;
      readonly body: string;
      readonly signal: AbortSignal;
    },
  ): Promise<PublicAnswer> {
    const { dispatcher, origin, path } = this.target(new URL(url));
    const { statusCode, body } = await dispatcher.request({
      origin,
      path,
      method: 'POST',
      headers: request.headers,
      body: request.body,
      signal: request.signal,
    });
    return { status: statusCode, body: await readBounded(body, this.options.maxAnswerBytes) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.guarded.destroy(), this.trusted.destroy()]);
  }

  private target(url: URL): { dispatcher: Dispatcher; origin: string; path: string } {
    const path = url.pathname + url.search;
    const route = this.options.routes.get(url.host);
    if (route !== undefined) {
      const { origin, pathname } = new URL(route);
      return { dispatcher: this.trusted, origin, path: pathname.replace(/\/$/, '') + path };
    }
    if (url.protocol !== 'https:') throw new AddressRefusedError(url.host);
    // For a host that is an address already, nothing is looked up.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw new AddressRefusedError(url.host);
    return { dispatcher: this.guarded, origin: url.origin, path };
  }
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** A look-up that fails when any of the addresses is not public: a name that has both is not to be trusted. */
const guardedLookup =
  (lookup: typeof dnsLookup) =>
  (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const first = addresses[0];
      if (!first || addresses.some(({ address }) => !isPublicAddress(address)))
        return callback(new AddressRefusedError(hostname), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
