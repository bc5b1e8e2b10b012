import { speakGreeting } from '@frontdesk/contracts';
import { eventually, freePort, guardResources } from '@frontdesk/test-harness';
import { GreetingWorld, type Replica, wordsOf } from './greeting-world';

let world: GreetingWorld;
let maker: Replica;
let other: Replica;

const replica = async (): Promise<Replica> => {
  const port = String(await freePort());
  // Warming has no place: who is asked first makes it.
  const more = { PORT: port, INTERNAL_URL: `http://127.0.0.1:${port}`, GREETING_FOLLOW_MS: '60000' };
  return world.replica({ ...more, GREETING_WARM_CONCURRENCY: '1' });
};
beforeAll(async () => {
  world = await GreetingWorld.start();
  [maker, other] = [await replica(), await replica()];
});
afterAll(async () => {
  await maker?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});
afterEach(() => world.openAi.clearFaults());

/** Listens to a business's greeting; when each piece came. */
const listen = async (to: Replica, id: string) => {
  const { key } = (await to.snapshot(id)).greeting;
  const speech = await to.client.stream(speakGreeting, {
    params: { key },
    query: { businessId: id },
    timeoutMs: 20_000,
  });
  const pieces: Buffer[] = [];
  for await (const piece of speech) pieces.push(piece);
  return pieces;
};

it('callers on both replicas hear what one of them makes while it is made, and it is paid once', async () => {
  const text = 'two callers on two replicas hear the very same words while these are still being made';
  await world.openAi.fault({ name: 'speech-slow', contains: text, params: { chunkMs: 40 } });
  const { id } = await maker.create(text);
  const heard = await Promise.all([listen(maker, id), listen(other, id)]);
  for (const pieces of heard) {
    expect(wordsOf(Buffer.concat(pieces))).toBe(text);
    expect(pieces.length).toBeGreaterThan(5);
  }
  expect(await world.paid(text)).toBe(1);
  const logged = [maker, other].filter((one) => one.logged('GREETING_RELAYED', id));
  expect(logged).toHaveLength(1);
});

it('a caller whose speech comes from a replica that is killed hears it break off, and it is cached afterwards', async () => {
  const text = 'these words are lost in the middle and are said again from their beginning to their very end';
  await world.openAi.fault({ name: 'speech-slow', count: 1, contains: text, params: { chunkMs: 100 } });
  const { id } = await maker.create(text);
  const { key } = (await maker.snapshot(id)).greeting;
  await eventually(async () => {
    const [claim] = await world.database.query<{ address: string }>(
      'SELECT address FROM greeting.synthesis_claims WHERE key = $1',
      [key],
    );
    expect(claim).toBeDefined();
  });
  const [{ address }] = (await world.database.query<{ address: string }>(
    'SELECT address FROM greeting.synthesis_claims WHERE key = $1',
    [key],
  )) as [{ address: string }];
  const isMaker = address.endsWith(`:${maker.process.listeningLine.port}`);
  const [holder, listener] = isMaker ? [maker, other] : [other, maker];
  const speech = await listener.client.stream(speakGreeting, {
    params: { key },
    query: { businessId: id },
    timeoutMs: 20_000,
  });
  const iterator = speech[Symbol.asyncIterator]();
  await iterator.next();
  holder.process.kill('SIGKILL');
  const rest = async (): Promise<void> => {
    while (!(await iterator.next()).done);
  };
  await expect(rest()).rejects.toThrow();
  expect(wordsOf(await eventually(() => listener.greeting(id), 20_000))).toBe(text);
});

guardResources();
