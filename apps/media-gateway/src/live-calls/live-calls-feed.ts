import { type LiveCall } from '@frontdesk/contracts';
import { type ServerResponse } from 'node:http';
import { type GatewayEvents } from '../events';

const TELL_EVERY_MS = 1000;
/** Proxies cut a connection on which nothing comes for about a minute. */
const KEEP_ALIVE_MS = 15_000;
/** Watchers at once; each is one open page or its backend. */
const MAX_WATCHERS = 100;
/** A watcher who does not read is let go: it begins anew with what is live then. */
const MAX_UNREAD_BYTES = 1024 * 1024;

type Watcher = Pick<
  ServerResponse,
  'write' | 'end' | 'once' | 'setHeader' | 'flushHeaders' | 'writableLength'
>;

/**
 * Tells watchers of the live calls as server-sent events. The peers are asked once a second for all watchers together, and
 * not at all while nobody watches.
 */
export class LiveCallsFeed {
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  private lastText = '';
  private lastWriteMs = 0;

  constructor(
    private readonly list: () => Promise<LiveCall[]>,
    private readonly events: Pick<GatewayEvents, 'failed'>,
  ) {}

  /** @returns false when too many watch already */
  add(watcher: Watcher): boolean {
    if (this.watchers.size >= MAX_WATCHERS) return false;
    watcher.setHeader('Content-Type', 'text/event-stream');
    watcher.flushHeaders();
    this.watchers.add(watcher);
    watcher.once('close', () => {
      this.watchers.delete(watcher);
      if (this.watchers.size > 0) return;
      clearTimeout(this.timer);
      this.timer = undefined;
      this.lastText = '';
    });
    if (this.lastText) watcher.write(this.lastText);
    if (!this.timer) this.timer = setTimeout(() => void this.tell(), 0);
    return true;
  }

  private async tell(): Promise<void> {
    try {
      const text = `event: calls\ndata: ${JSON.stringify({ calls: await this.list() })}\n\n`;
      const isDue = performance.now() - this.lastWriteMs >= KEEP_ALIVE_MS;
      if (text !== this.lastText) this.write(text);
      else if (isDue) this.write(':\n\n');
      this.lastText = text;
    } catch (error) {
      this.events.failed('telling of the live calls', error);
    }
    if (this.watchers.size > 0) this.timer = setTimeout(() => void this.tell(), TELL_EVERY_MS);
    else this.timer = undefined;
  }

  private write(text: string): void {
    this.lastWriteMs = performance.now();
    for (const watcher of this.watchers) {
      if (watcher.writableLength > MAX_UNREAD_BYTES) watcher.end();
      else watcher.write(text);
    }
  }
}
