import { createHmac } from 'node:crypto';
import { parseWav } from '@frontdesk/audio';
import { decodeSpeech } from '@frontdesk/audio-identity';
import { framesKeyOf } from '@frontdesk/gateway-world';
import { callOf } from './call-of';
import { business, GatewayWorld } from './gateway-world';

const number = '+14155550016';
const silentNumber = '+14155550017';
const leavesMessage = [
  { waitForAgentMs: 300, timeoutMs: 15_000 },
  { waitForSilenceMs: 600, timeoutMs: 15_000 },
  { say: 'please call me back' },
  { pauseMs: 300 },
  { hangUp: true as const },
];

describe('the fallback prompt as audio', () => {
  let world: GatewayWorld;

  beforeAll(async () => {
    const withoutFrames = { key: framesKeyOf('not synthesized'), text: 'not synthesized' };
    world = await GatewayWorld.start(
      [
        business(number, 'welcome to the test office'),
        business(silentNumber, 'welcome', { phrases: { 'fallback-prompt': withoutFrames } }),
      ],
      { WATCHDOG_START_TIMEOUT_MS: '500' },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** A path of the gateway, signed as it signs its own. */
  const pathOf = (key: string, expiresInSec: number, secret = world.secrets.streamTokenSecret): string => {
    const expires = Math.ceil(Date.now() / 1000) + expiresInSec;
    const signature = createHmac('sha256', secret).update(`audio\n${key}\n${expires}`).digest('base64url');
    return `/audio/${key}.wav?expires=${expires}&signature=${signature}`;
  };
  const get = (path: string): Promise<Response> => fetch(world.fleet.replicas[0]!.url + path);
  const wordsIn = async (response: Response): Promise<string> => {
    const { samples, encoding } = parseWav(Buffer.from(await response.arrayBuffer()));
    expect(encoding).toBe('mulaw');
    return decodeSpeech(samples[0]!).text;
  };

  it('is played to the caller from a URL that anybody may fetch again while it holds', async () => {
    const { book } = await callOf(world, number, leavesMessage, [{ name: 'stream-never-opens' }]);
    expect(book.heardText).toBe('leave word');
    const played = book.events.find(({ type, kind }) => type === 'webhook' && kind === 'play');
    const { pathname, search } = new URL(String(played!.url));
    for (let times = 0; times < 2; times++) {
      const response = await get(pathname + search);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('audio/wav');
      expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
      expect(await wordsIn(response)).toBe('leave word');
    }
  });

  it('is said by Twilio for a business that has no frames of it', async () => {
    const { book } = await callOf(world, silentNumber, leavesMessage, [{ name: 'stream-never-opens' }]);
    expect(book.heardText).toBe('please leave a message');
    expect(book.recordings).toHaveLength(1);
  });

  it('is not served when expired, forged or changed, and every refusal is counted', async () => {
    const key = framesKeyOf('leave word');
    const refused = async (path: string): Promise<number> => (await get(path)).status;
    expect(await refused(pathOf(key, 60))).toBe(200);
    expect(await refused(pathOf(key, -1))).toBe(410);
    expect(await refused(pathOf(key, 60, 'a-secret-that-is-somebody-elses!!'))).toBe(403);
    const other = framesKeyOf('goodbye');
    expect(await refused(pathOf(key, 60).replace(key, other))).toBe(403);
    expect(await refused(`${pathOf(key, 60)}&expires=9999999999`)).toBe(403);
    expect(await refused(`/audio/${key}.wav`)).toBe(403);
    expect(await refused('/audio/..%2finternal%2flive-calls')).toBe(404);
    expect(await refused('/audio/greeting.wav')).toBe(404);
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toMatch(/gateway_refused_total\{at="audio",reason="expired"\} 1/);
    expect(metrics).toMatch(/gateway_refused_total\{at="audio",reason="forged"\} 4/);
  });

  it('is a short tone, and no error, where nobody has it', async () => {
    const response = await get(pathOf('0f'.repeat(32), 60));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { samples } = parseWav(Buffer.from(await response.arrayBuffer()));
    expect(samples[0]!.length).toBe(3200);
    expect(Math.max(...samples[0]!)).toBeGreaterThan(3000);
  });
});
