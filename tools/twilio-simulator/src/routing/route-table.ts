/** Where a public name is really reached. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A name that no route knows: what a DNS failure is to Twilio. */
export class UnknownNameError extends Error {
  constructor(readonly host: string) {
    super(`no such name: ${host}`);
    this.name = 'UnknownNameError';
  }
}

/** Public names and the loopback addresses behind them, so that https://NAME/… needs neither DNS nor TLS here. */
export class RouteTable {
  private readonly targets = new Map<string, Target>();

  /** @param entries `name=http://127.0.0.1:PORT` */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const at = entry.indexOf('=');
      this.set(entry.slice(0, at), entry.slice(at + 1));
    }
  }

  /** Adds a route or replaces it. */
  set(name: string, base: string): void {
    if (!/^[a-z0-9.-]+$/i.test(name)) throw new Error(`"${name}" is not a host name`);
    const url = new URL(base);
    if (url.protocol !== 'http:') throw new Error(`route of ${name}: only http:// targets, got ${base}`);
    this.targets.set(name.toLowerCase(), { host: url.hostname, port: Number(url.port || 80) });
  }

  /** @throws UnknownNameError */
  resolve(host: string): Target {
    const target = this.targets.get(host.toLowerCase());
    if (!target) throw new UnknownNameError(host);
    return target;
  }
}
