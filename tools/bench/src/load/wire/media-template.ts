import { frameOf, TEXT } from './web-socket-frames';

/**
 * The media messages of one stream as ready frames: built once, then only the digits of their counters are written, so
 * that fifty a second and call cost next to nothing.
 */
export class MediaTemplate {
  private frame: Buffer = Buffer.alloc(0);
  private digits = 0;
  private sequenceAt = 0;
  private chunkAt = 0;
  private timestampAt = 0;

  constructor(
    private readonly streamSid: string,
    private readonly payloadBase64: string,
  ) {}

  /** Valid until the next call. */
  next(chunk: number, timestampMs: number): Buffer {
    const sequence = chunk + 1;
    const digits = digitsOf(sequence) * 10_000 + digitsOf(chunk) * 100 + digitsOf(timestampMs);
    if (digits !== this.digits) {
      this.digits = digits;
      this.build(sequence, chunk, timestampMs);
      return this.frame;
    }
    writeDigits(this.frame, this.sequenceAt, sequence);
    writeDigits(this.frame, this.chunkAt, chunk);
    writeDigits(this.frame, this.timestampAt, timestampMs);
    return this.frame;
  }

  private build(sequence: number, chunk: number, timestampMs: number): void {
    const text =
      `{"event":"media","sequenceNumber":"${sequence}","media":{"track":"inbound","chunk":"${chunk}",` +
      `"timestamp":"${timestampMs}","payload":"${this.payloadBase64}"},"streamSid":"${this.streamSid}"}`;
    this.frame = frameOf(TEXT, Buffer.from(text), true);
    const endOf = (key: string, value: number): number => {
      const start = this.frame.indexOf(`"${key}":"`) + key.length + 4;
      return start + digitsOf(value) - 1;
    };
    this.sequenceAt = endOf('sequenceNumber', sequence);
    this.chunkAt = endOf('chunk', chunk);
    this.timestampAt = endOf('timestamp', timestampMs);
  }
}

const digitsOf = (value: number): number => {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  return digits;
};

/** @param last where the last digit stands */
const writeDigits = (target: Buffer, last: number, value: number): void => {
  let rest = value;
  for (let at = last; ; at--) {
    target[at] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
    if (rest === 0) return;
  }
};
