import { type RunningProcess, type SpawnedProcess } from '../processes/child-process';
import { parseEvent } from '../processes/output';

export type LogLine = Record<string, unknown>;

/** Lines about calls kept of one replica. */
const KEPT_LINES = 20_000;

/** What a gateway logs about calls, from its first line on. */
export class CallLog {
  private readonly kept: LogLine[] = [];

  follow(process: SpawnedProcess): void {
    process.output.onLine((text) => {
      const line = parseEvent(text);
      if (typeof line?.callSid !== 'string') return;
      this.kept.push(line);
      if (this.kept.length > KEPT_LINES) this.kept.shift();
    });
  }

  of(callSid: string, event?: string): LogLine[] {
    return this.kept.filter(
      (line) => line.callSid === callSid && (event === undefined || line.event === event),
    );
  }
}

/** One media-gateway process among several. */
export class GatewayReplica {
  constructor(
    /** By which its peers and the router reach it. */
    readonly url: string,
    readonly process: RunningProcess,
    private readonly calls: CallLog,
  ) {}

  /** Lines of its log about a call, oldest first. */
  log(callSid: string, event?: string): LogLine[] {
    return this.calls.of(callSid, event);
  }

  /** As the kernel would: no SIGTERM, nothing flushed. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.process.ended;
  }

  /** SIGTERM: it drains. Resolves, with how, when it has ended. */
  terminate(): Promise<string> {
    this.process.kill('SIGTERM');
    return this.process.ended;
  }
}
