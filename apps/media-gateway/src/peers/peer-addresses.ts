import { SingleFlight, withTimeout } from '@frontdesk/runtime';
import { lookup } from 'node:dns/promises';

const DNS_PREFIX = 'dns:';
/** A call waits for the answer of the DNS no longer than for that of a peer. */
const LOOK_UP_MS = 300;
/** Many calls ask within a moment, e.g. when a replica was lost: one look-up serves them all. */
const FRESH_MS = 1000;
/** Who refused a connection has no process: nobody asks it again for so long. */
const GONE_MS = 1000;

type Lookup = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const systemLookup: Lookup = (host) => lookup(host, { all: true });

interface Name {
  readonly host: string;
  readonly port: string;
}

/**
 * The internal URLs behind GATEWAY_PEERS: entries are URLs, or `dns:HOST:PORT` for every address of a name (a headless
 * Service). Names are looked up again as they are asked for, since replicas come and go. One that does not exist stands for
 * nobody; while the DNS fails or is slow, what it said last holds.
 */
export class PeerAddresses {
  private readonly names: readonly Name[];
  private readonly fixed: readonly string[];
  private readonly known = new Map<Name, readonly string[]>();
  private readonly lookUps = new SingleFlight<void>();
  private readonly goneUntilMs = new Map<string, number>();
  private lookedUpAtMs = -Infinity;

  constructor(
    entries: readonly string[],
    private readonly resolve: Lookup = systemLookup,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.fixed = entries.filter((entry) => !entry.startsWith(DNS_PREFIX));
    this.names = entries.filter((entry) => entry.startsWith(DNS_PREFIX)).map(nameOf);
  }

  /** Each once, whether there is somebody or not. */
  async now(): Promise<string[]> {
    if (this.names.length > 0 && this.nowMs() - this.lookedUpAtMs >= FRESH_MS)
      await withTimeout(
        this.lookUps.run('', () => this.lookUp()),
        LOOK_UP_MS,
        'looking up peers',
      ).catch(() => undefined);
    return [...new Set([...this.fixed, ...[...this.known.values()].flat()])];
  }

  /** It refused a connection a moment ago. */
  isGone(url: string): boolean {
    return (this.goneUntilMs.get(url) ?? 0) > this.nowMs();
  }

  /** It refused a connection. */
  noteGone(url: string): void {
    const nowMs = this.nowMs();
    for (const [known, untilMs] of this.goneUntilMs) if (untilMs <= nowMs) this.goneUntilMs.delete(known);
    this.goneUntilMs.set(url, nowMs + GONE_MS);
  }

  private async lookUp(): Promise<void> {
    await Promise.all(
      this.names.map(async (name) => {
        try {
          const addresses = await this.resolve(name.host);
          this.known.set(
            name,
            addresses.map(({ address, family }) => urlOf(address, family, name.port)),
          );
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND') this.known.delete(name);
        }
      }),
    );
    this.lookedUpAtMs = this.nowMs();
  }
}

const nameOf = (entry: string): Name => {
  const [host = '', port = ''] = entry.slice(DNS_PREFIX.length).split(':');
  return { host, port };
};

const urlOf = (address: string, family: number, port: string): string =>
  family === 6 ? `http://[${address}]:${port}` : `http://${address}:${port}`;
