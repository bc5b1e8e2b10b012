/** One request as it was handed on. */
export interface Handed {
  readonly atMs: number;
  readonly path: string;
  readonly replica: string;
}

/** Requests remembered for the control API. */
const MAX_HANDED = 2000;

/**
 * The replicas of one owner. Requests go round those that are ready, as an ingress does; where none is, round all. A path
 * may be steered to one of them, for tests.
 */
export class Replicas {
  readonly handed: Handed[] = [];
  private readonly unready = new Set<string>();
  private readonly steered = new Map<string, string>();
  private turn = 0;

  constructor(private list: readonly string[]) {}

  get urls(): readonly string[] {
    return this.list;
  }

  replace(urls: readonly string[]): void {
    this.list = urls;
  }

  setReady(url: string, isReady: boolean): void {
    if (isReady) this.unready.delete(url);
    else this.unready.add(url);
  }

  /** Requests whose path begins so go to this replica; to whoever's turn it is again with null. */
  steer(pathPrefix: string, url: string | null): void {
    if (url === null) this.steered.delete(pathPrefix);
    else this.steered.set(pathPrefix, url);
  }

  /** Whom to hand a request to, in order: the next one where the one before refuses the connection. */
  candidates(path: string): string[] {
    const ready = this.list.filter((url) => !this.unready.has(url));
    const round = ready.length > 0 ? ready : [...this.list];
    const from = this.turn++ % Math.max(1, round.length);
    const inTurn = [...round.slice(from), ...round.slice(0, from)];
    const steered = [...this.steered].find(([prefix]) => path.startsWith(prefix))?.[1];
    return steered === undefined ? inTurn : [steered, ...inTurn.filter((url) => url !== steered)];
  }

  note(path: string, replica: string): void {
    this.handed.push({ atMs: Date.now(), path: path.split('?')[0] ?? '', replica });
    if (this.handed.length > MAX_HANDED) this.handed.shift();
  }
}
