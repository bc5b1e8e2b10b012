import { GatewayMetrics } from './gateway-metrics';

const SAMPLE_EVERY_MS = 1000;
/** In each third: fewer may all lie between two collections of garbage. */
const MIN_SAMPLES = 18;

/** The gateway's heap over the run: after a warm-up, its floor may not rise. */
export class MemoryWatch {
  private readonly heapBytes: number[] = [];
  private readonly timer: NodeJS.Timeout;
  private isAsking = false;

  constructor(private readonly port: number) {
    this.timer = setInterval(() => void this.sample(), SAMPLE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /**
   * By how much the floor of the last third is above that of the second, MB; null for too short a run. Garbage comes and
   * goes between: only the least of many samples says what is kept.
   */
  get growthMb(): number | null {
    const third = Math.floor(this.heapBytes.length / 3);
    if (third < MIN_SAMPLES) return null;
    const second = Math.min(...this.heapBytes.slice(third, 2 * third));
    const last = Math.min(...this.heapBytes.slice(2 * third));
    return (last - second) / 1_048_576;
  }

  get peakMb(): number {
    return Math.max(0, ...this.heapBytes) / 1_048_576;
  }

  private async sample(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const metrics = await GatewayMetrics.of(this.port);
      this.heapBytes.push(metrics.sum('nodejs_heap_size_used_bytes'));
    } catch {
      // A gateway that is gone is seen elsewhere.
    } finally {
      this.isAsking = false;
    }
  }
}
