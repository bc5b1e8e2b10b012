import { mutateJson, mutateText } from '../mutate';
import { type Random } from '../random';
import { mediaText } from './twilio-side';

/** Messages of one stream in any order and any state of health. */
export class StreamNoise {
  private chunk = 0;
  private timestampMs = 0;

  constructor(
    private readonly random: Random,
    private readonly streamSid: string,
    private readonly start: object,
  ) {}

  /** What Twilio could send next, or what nobody should. */
  next(): string {
    const { random } = this;
    if (random.chance(0.45)) return this.media();
    const message = this.whole();
    if (random.chance(0.35)) return JSON.stringify(message);
    if (random.chance(0.6)) return JSON.stringify(mutateJson(random, message));
    return mutateText(random, random.chance(0.5) ? this.media() : JSON.stringify(message));
  }

  private whole(): object {
    const { random, streamSid } = this;
    const sid = random.chance(0.9) ? streamSid : `MZ${'9'.repeat(32)}`;
    const name = random.pick(['1:1', '1:2', '2:1', '1:999999', '', 'x'.repeat(300)]);
    const payload = this.payload();
    return random.pick<object>([
      { event: 'connected', protocol: 'Call', version: '1.0.0' },
      this.start,
      { event: 'mark', sequenceNumber: '4', streamSid: sid, mark: { name } },
      { event: 'mark', sequenceNumber: '4', streamSid: sid, mark: { name: `1:${random.int(40)}` } },
      {
        event: 'dtmf',
        streamSid: sid,
        dtmf: { track: 'inbound_track', digit: random.pick(['1', '#', 'D', '12']) },
      },
      {
        event: 'media',
        media: { track: 'inbound', chunk: `${++this.chunk}`, timestamp: `${this.timestampMs}`, payload },
        streamSid: sid,
      },
      { event: random.pick(['clear', 'close', '', 'start ', 'MEDIA', 'hasOwnProperty']), streamSid: sid },
      ...(random.chance(0.05) ? [{ event: 'stop', streamSid: sid, stop: {} }] : []),
    ]);
  }

  /** Media in its usual form; its numbers jump, stand still and go back now and then. */
  private media(): string {
    const { random } = this;
    const jumps = [0, -1, -5, 7, 600, 2_000_000];
    this.chunk = Math.max(0, this.chunk + (random.chance(0.9) ? 1 : random.pick(jumps)));
    this.timestampMs = Math.max(0, this.timestampMs + (random.chance(0.8) ? 20 : random.pick(jumps) * 20));
    return mediaText(this.streamSid, this.chunk, this.timestampMs, this.payload());
  }

  private payload(): string {
    const { random } = this;
    if (random.chance(0.75)) return random.bytes(160).toString('base64');
    if (random.chance(0.6))
      return random.bytes(random.pick([0, 1, 7, 159, 161, 3200, 20_000])).toString('base64');
    return random.pick(['====', 'AAA', 'AA==AAAA', 'nöthing', 'A-_A', 'AA*=', ' AAAA', '\\u0041AAA']);
  }
}
