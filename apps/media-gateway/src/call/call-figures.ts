import { type CallEventDetail } from '@frontdesk/contracts';
import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';
import { type Playout } from '../playout/playout';
import { type TxFigures } from '../playout/tx-telemetry';

export type EndReason = CallEventDetail<'call.ended'>['reason'];

/** The figures of one stream: logged every few seconds, and told with its end. */
export class CallFigures {
  bargeIns = 0;
  /** From the stream's start to the first frame sent. */
  firstAudioMs: number | null = null;
  private toldDrops = 0;

  /** What the model's answers were billed for; null while it has said nothing of it. */
  private tokens: { input: number; output: number } | null = null;

  constructor(
    private readonly playout: Playout,
    private readonly events: GatewayEvents,
    private readonly publisher: CallEventPublisher,
  ) {}

  /** An answer is done, and cost this; a model need not say. */
  answered(usage: { inputTokens: number; outputTokens: number } | null): void {
    if (!usage) return;
    this.tokens ??= { input: 0, output: 0 };
    this.tokens.input += usage.inputTokens;
    this.tokens.output += usage.outputTokens;
  }

  tellRecent(): void {
    const recent = this.playout.takeRecentFigures();
    this.log(recent, recent, false);
    this.tellUnderruns(recent);
  }

  /** Logs the figures of the whole stream and returns them; before the playout is closed. */
  takeTotal(): TxFigures {
    const recent = this.playout.takeRecentFigures();
    const figures = this.playout.takeTotalFigures();
    this.log(figures, recent, true);
    this.tellUnderruns(recent);
    return figures;
  }

  tellEnd(reason: EndReason, durationMs: number, figures: TxFigures): void {
    const { tx } = this.playout;
    this.events.callEnded(reason, durationMs);
    this.publisher.publish('call.ended', {
      reason,
      durationMs,
      figures: {
        framesSent: figures.framesSent,
        framesDropped: tx.dropped,
        fps: figures.fps,
        maxGapMs: figures.maxGapMs,
        maxQueueDepth: tx.maxDepth,
        underruns: figures.underruns,
        bargeIns: this.bargeIns,
        firstAudioMs: this.firstAudioMs,
        ...(this.tokens && { tokens: this.tokens }),
      },
    });
  }

  private tellUnderruns({ underruns }: TxFigures): void {
    if (underruns > 0) this.publisher.publish('call.underrun', { count: underruns });
  }

  /** @param recent what no line has told yet: the counters go up by it */
  private log(figures: TxFigures, recent: TxFigures, final: boolean): void {
    const { tx } = this.playout;
    const depths = { depth: tx.depth, maxDepth: tx.maxDepth, drops: tx.dropped };
    const drops = tx.dropped - this.toldDrops;
    this.toldDrops = tx.dropped;
    this.events.txMetrics({ ...figures, ...depths, final }, { ...recent, drops });
  }
}
