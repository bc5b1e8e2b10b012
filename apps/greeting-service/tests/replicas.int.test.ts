import { createPhrase, getFrames } from '@frontdesk/contracts';
import { eventually, guardResources } from '@frontdesk/test-harness';
import { GreetingWorld, wordsOf, type Replica } from './greeting-world';

let world: GreetingWorld;
let replicas: [Replica, Replica];

beforeAll(async () => {
  world = await GreetingWorld.start();
  replicas = await Promise.all([world.replica(), world.replica()]);
});
afterAll(async () => {
  await Promise.all((replicas ?? []).map((replica) => replica[Symbol.asyncDispose]()));
  await world?.[Symbol.asyncDispose]();
});
afterEach(() => world.openAi.clearFaults());

/** Asks both in turn, so many times at once. */
const askBoth = (businessId: string, text: string, times: number) =>
  Promise.allSettled(
    Array.from({ length: times }, (_, n) =>
      replicas[n % 2]!.client.call(createPhrase, {
        body: { businessId, text, pool: 'phrase' },
        timeoutMs: 50_000,
      }),
    ),
  );

describe('one key and two replicas', () => {
  it('a thousand first requests at once are one synthesis', async () => {
    const { id } = await replicas[0].create('greeting of a thousand');
    const text = 'asked for a thousand times';
    const answers = await askBoth(id, text, 1000);
    const keys = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.key : null));
    expect(new Set(keys).size).toBe(1);
    const [key] = keys;
    for (const { client } of replicas)
      expect(wordsOf(await client.bytes(getFrames, { params: { key: key! } }))).toBe(text);
    expect(await world.paid(text)).toBe(1);
  });

  it('kill -9 of the one that synthesizes: the other serves within 5 s, and one result is cached', async () => {
    const { id } = await replicas[1].create('greeting before the kill');
    await eventually(() => replicas[1].greeting(id));
    const text = 'begun by one and finished by the other';
    // Slow enough to be killed in the middle, and only once: the other one's synthesis runs at its usual speed.
    await world.openAi.fault({
      name: 'speech-slow',
      count: 1,
      contains: text,
      params: { firstMs: 20_000 },
    });
    const ask = (replica: Replica): Promise<{ key: string }> =>
      replica.client.call(createPhrase, {
        body: { businessId: id, text, pool: 'phrase' },
        timeoutMs: 30_000,
      });
    const lost = ask(replicas[0]).catch(() => null);
    await eventually(async () => expect(await world.paid(text)).toBe(1));
    const waiting = ask(replicas[1]);
    const killedAtMs = performance.now();
    replicas[0].process.kill('SIGKILL');
    const { key } = await waiting;
    const tookMs = performance.now() - killedAtMs;
    await lost;
    expect(tookMs).toBeLessThan(5000);
    expect(wordsOf(await replicas[1].client.bytes(getFrames, { params: { key } }))).toBe(text);
    expect(await world.paid(text)).toBe(2);
    const stored = await world.database.query('SELECT 1 FROM greeting.frames WHERE text = $1', [text]);
    expect(stored).toHaveLength(1);
    // Of this text alone: what the dead one made of the business's other phrases is claimed for some seconds more.
    const claims = await world.database.query('SELECT 1 FROM greeting.synthesis_claims WHERE key = $1', [
      key,
    ]);
    expect(claims).toEqual([]);
    await replicas[0][Symbol.asyncDispose]();
    replicas[0] = await world.replica();
  });

  it('what was asked for and not made is made after all replicas were killed', async () => {
    const { id } = await replicas[0].create('greeting of those asked');
    await eventually(() => replicas[0].greeting(id));
    const text = 'asked before everybody died';
    await world.openAi.fault({ name: 'speech-500', contains: text });
    await replicas[0].client
      .call(createPhrase, { body: { businessId: id, text, pool: 'campaign' }, timeoutMs: 20_000 })
      .catch(() => null);
    for (const replica of replicas) replica.process.kill('SIGKILL');
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
    await world.openAi.clearFaults();
    replicas = await Promise.all([world.replica(), world.replica()]);
    await eventually(async () => expect(await world.paid(text)).toBe(1));
    await eventually(async () =>
      expect(await world.database.query('SELECT 1 FROM greeting.wanted_frames')).toEqual([]),
    );
  });
});

guardResources();
