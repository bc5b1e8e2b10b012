import { type MediaStream } from '../streams/media-stream';
import { type MediaWatchTimes, streamDeath } from '../watchdog/media-watch';

const PING_EVERY_MS = 5000;

export interface StreamHealthOptions {
  readonly stream: Pick<MediaStream, 'ping' | 'unansweredMs' | 'hasPonged' | 'isDead'>;
  /** Of the stream, monotonic. */
  readonly startedAtMs: number;
  readonly times: MediaWatchTimes;
}

/** Whether anybody is at the other end of a stream: by its media, its marks and its pongs. */
export class StreamHealth {
  /** -1 before the first. A whole number, and never null: anything else costs an object beside this one. */
  private lastMediaAtMs = -1;
  private wasMarkEchoed = false;
  private nextPingMs: number;

  constructor(private readonly options: StreamHealthOptions) {
    this.nextPingMs = options.startedAtMs;
  }

  /** @param nowMs in whole ms */
  media(nowMs: number): void {
    this.lastMediaAtMs = nowMs;
  }

  markEchoed(): void {
    this.wasMarkEchoed = true;
  }

  /** Called a few times a second. `socket-dead`: the socket is to be closed (RT4); else why the call must be redirected. */
  beat(nowMs: number): ReturnType<typeof streamDeath> | 'socket-dead' {
    const { stream, startedAtMs, times } = this.options;
    if (nowMs >= this.nextPingMs) {
      this.nextPingMs = nowMs + PING_EVERY_MS;
      stream.ping();
    }
    const death = streamDeath(
      {
        startedAtMs,
        lastMediaAtMs: this.lastMediaAtMs < 0 ? null : this.lastMediaAtMs,
        sincePongMs: stream.unansweredMs,
        wasMarkEchoed: this.wasMarkEchoed,
        wasPingAnswered: stream.hasPonged,
      },
      nowMs,
      times,
    );
    return death ?? (stream.isDead ? 'socket-dead' : null);
  }
}
