import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@frontdesk/test-harness';
import { business, GatewayWorld } from './gateway-world';
import { RawStream } from './raw-stream';

const number = '+14155550020';
/** About 40 s of greeting: it is still being said when the slow peer is back. */
const long = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ');
/** Pings come every 5 s; a peer that answers none for 15 s is dead. */
const SLOW_MS = 9000;

const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
};

describe('a peer that stops reading its media stream', () => {
  let world: GatewayWorld;
  beforeAll(async () => {
    world = await GatewayWorld.start([business(number, long)], { TWILIO_VALIDATE_SIGNATURE: 'false' });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('is kept while it is slow, and closed when it is dead; nothing of it piles up in the gateway', async () => {
    const { url } = world.fleet.replicas[0]!;
    const slow = await RawStream.open(url, number);
    const dead = await RawStream.open(url, number);
    await eventually(() => {
      for (const stream of [slow, dead]) expect(stream.framesRead).toBeGreaterThan(0);
    });
    // A first ping is answered by both.
    await sleep(1000);
    for (const stream of [slow, dead]) stream.stopReading();
    const [stoppedAtMs, readBefore] = [Date.now(), slow.framesRead];
    await sleep(SLOW_MS);
    expect(await metric(url, 'gateway_active_calls')).toBe(2);
    slow.readOn();
    const late = Math.floor((Date.now() - stoppedAtMs) / 20);
    // All of it comes, late, and none is skipped.
    await eventually(() => expect(slow.framesRead - readBefore).toBeGreaterThanOrEqual(late));
    expect(await metric(url, 'gateway_tx_queue_max_depth_frames')).toBeLessThan(10);
    await eventually(() => {
      expect(world.log(dead.callSid, 'WS_STREAM_ERROR')).toMatchObject([
        { reason: expect.stringContaining('dead') as string },
      ]);
    }, 30_000);
    expect(Date.now() - stoppedAtMs).toBeGreaterThan(14_000);
    await eventually(() => expect(world.log(dead.callSid, 'WS_CLOSED')).toHaveLength(1));
    expect(world.log(slow.callSid, 'WS_STREAM_ERROR')).toEqual([]);
    expect(slow.closedAtMs).toBeNull();
    expect(await metric(url, 'gateway_frames_dropped_total')).toBe(0);
    // The gateway asks for no fallback: Twilio's own request says that the stream is over.
    expect(world.log(dead.callSid, 'WD_REDIRECTED')).toEqual([]);
    for (const stream of [slow, dead]) stream.hangUp();
    await eventually(async () => expect(await metric(url, 'gateway_active_calls')).toBe(0));
  }, 60_000);
});
