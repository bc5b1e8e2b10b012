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

  constructor(
    private readonly playout: Playout,
    private readonly events: GatewayEvents,
    private readonly publisher: CallEventPublisher,
  ) {}

  tellRecent(): void {
    const figures = this.playout.takeRecentFigures();
    this.log(figures, false);
    if (figures.underruns > 0) this.publisher.publish('call.underrun', { count: figures.underruns });
  }

  /** Logs the figures of the whole stream and returns them; before the playout is closed. */
  takeTotal(): TxFigures {
    const figures = this.playout.takeTotalFigures();
    this.log(figures, true);
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
      },
    });
  }

  private log(figures: TxFigures, final: boolean): void {
    const { tx } = this.playout;
    const depths = { depth: tx.depth, maxDepth: tx.maxDepth, drops: tx.dropped };
    this.events.txMetrics({ ...figures, ...depths, final });
  }
}
