import { isBase64 } from '@frontdesk/runtime';
import { MediaStreamDecoder } from '@frontdesk/telephony';

/**
 * What the gateway has to have refused: the same decoder, fed with the same messages, in this process. That it decodes
 * rightly is for its own tests to show; here each refusal has to reach the metric, whatever else went on.
 */
export class ExpectedRefusals {
  private readonly counts = new Map<string, number>();

  /** A decoder for one socket; `isAudio` says what the call takes as audio. */
  ofSocket(): MediaStreamDecoder {
    return new MediaStreamDecoder({
      start: () => undefined,
      media: isBase64,
      mark: () => undefined,
      dtmf: () => undefined,
      stop: () => undefined,
      refused: (reason) => this.add(reason),
    });
  }

  add(reason: string, count = 1): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Reasons whose counts differ, in words. */
  differences(counted: ReadonlyMap<string, number>): string[] {
    const reasons = new Set([...this.counts.keys(), ...counted.keys()]);
    return [...reasons]
      .filter((reason) => (this.counts.get(reason) ?? 0) !== (counted.get(reason) ?? 0))
      .map((reason) => `${reason}: ${counted.get(reason) ?? 0} for ${this.counts.get(reason) ?? 0}`);
  }
}
