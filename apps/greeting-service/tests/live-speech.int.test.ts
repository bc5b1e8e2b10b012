import { getFrames, getGreetingWav, speakGreeting } from '@frontdesk/contracts';
import { decodeMulaw, parseWav, encodeMulaw } from '@frontdesk/audio';
import { eventually, guardResources } from '@frontdesk/test-harness';
import { GreetingWorld, wordsOf, type Replica } from './greeting-world';

let world: GreetingWorld;
let replica: Replica;

beforeAll(async () => {
  world = await GreetingWorld.start();
  replica = await world.replica();
});
afterAll(async () => {
  await replica?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});
afterEach(() => world.openAi.clearFaults());

/** The speech as it comes: each piece with the time of its arrival. */
const listen = async (id: string) => {
  const { greeting } = await replica.snapshot(id);
  const response = await replica.fetch(`/internal/greetings/${greeting.key}/speech?businessId=${id}`);
  const pieces: { atMs: number; bytes: Buffer }[] = [];
  let broken: unknown = null;
  try {
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>)
      pieces.push({ atMs: performance.now(), bytes: Buffer.from(bytes) });
  } catch (error) {
    broken = error;
  }
  return { key: greeting.key, status: response.status, pieces, broken };
};
const wholeOf = ({ pieces }: { pieces: { bytes: Buffer }[] }): Buffer =>
  Buffer.concat(pieces.map(({ bytes }) => bytes));

describe('a greeting that is not cached', () => {
  it('is heard while it is made, word for word, and is cached when it is whole', async () => {
    const text = 'this one is heard while it is still being made by the provider of speech';
    await world.openAi.fault({ name: 'speech-slow', contains: text, params: { chunkMs: 30 } });
    const { id } = await replica.create(text);
    const heard = await listen(id);
    expect(heard.status).toBe(200);
    expect(heard.broken).toBeNull();
    expect(wordsOf(wholeOf(heard))).toBe(text);
    expect(wholeOf(heard).length % 160).toBe(0);
    expect(heard.pieces.length).toBeGreaterThan(5);
    const stored = await eventually(() => replica.client.bytes(getFrames, { params: { key: heard.key } }));
    expect(wordsOf(stored)).toBe(text);
    expect(await world.paid(text)).toBe(1);
    expect(replica.logged('GREETING_SPOKEN_LIVE', heard.key)).toBe(true);
  });

  it('breaks off when its stream does, and nothing half-made is cached', async () => {
    const text = 'this one breaks off somewhere in the middle of what it had to say';
    await world.openAi.fault({ name: 'speech-slow', contains: text, params: { chunkMs: 30 } });
    await world.openAi.fault({ name: 'speech-cut', contains: text });
    const { id } = await replica.create(text);
    const heard = await listen(id);
    expect(heard.broken).not.toBeNull();
    await expect(replica.client.bytes(getFrames, { params: { key: heard.key } })).rejects.toMatchObject({
      status: 404,
    });
    expect(
      await world.database.query('SELECT 1 FROM greeting.frames WHERE spoken_key = $1', [heard.key]),
    ).toEqual([]);
    await world.openAi.clearFaults();
    expect(wordsOf(await eventually(() => replica.greeting(id)))).toBe(text);
  });

  it('is refused at once when no provider speaks', async () => {
    const text = 'nobody can say this now';
    await world.openAi.fault({ name: 'speech-500', contains: text });
    const { id } = await replica.create(text);
    expect((await listen(id)).status).toBe(503);
  });

  it('is not spoken for a business that does not say it', async () => {
    const text = 'one of these that cannot be made';
    // What exists is answered by its key alone.
    await world.openAi.fault({ name: 'speech-500', contains: text });
    const { id } = await replica.create(text);
    const other = await replica.create('another of these');
    const { greeting } = await replica.snapshot(id);
    const ask = async (key: string, businessId: string): Promise<number> =>
      (await replica.fetch(`/internal/greetings/${key}/speech?businessId=${businessId}`)).status;
    expect(await ask(greeting.key, other.id)).toBe(404);
    expect(await ask('0'.repeat(64), id)).toBe(404);
    expect(await ask(greeting.key, id)).toBe(503);
  });

  it('comes whole, once it is cached, and the listening endpoint has the same bytes', async () => {
    const { id } = await replica.create('the same for the phone and for the owner');
    const frames = await eventually(() => replica.greeting(id));
    const { greeting } = await replica.snapshot(id);
    const spoken = await replica.client.bytes(speakGreeting, {
      params: { key: greeting.key },
      query: { businessId: id },
    });
    expect(spoken.equals(frames)).toBe(true);
    const path = `/internal/greetings/${greeting.key}`;
    const etag = (await replica.fetch(path)).headers.get('etag') ?? '';
    expect((await replica.fetch(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const wav = await replica.client.bytes(getGreetingWav, { params: { id } });
    expect(wav.includes(frames)).toBe(true);
    const { samples, sampleRate } = parseWav(wav);
    expect(sampleRate).toBe(8000);
    expect(encodeMulaw(samples[0]!).equals(encodeMulaw(decodeMulaw(frames)))).toBe(true);
  });
});

describe('what a provider may deliver instead of speech', () => {
  it.each([
    ['speech-silence', /silence/],
    ['speech-odd-byte', /within a sample/],
    ['speech-cut', /./],
    ['speech-short', /too short to be whole/],
    ['speech-page', /text instead of audio/],
    ['speech-empty', /no audio at all/],
  ])('%s: an error that says so, and nothing half-made is cached', async (name, reason) => {
    const text = `answered with ${name} instead`;
    await world.openAi.fault({ name, contains: text });
    const { id } = await replica.create(text);
    await eventually(() => expect(replica.logged('GREETING_SYNTH_FAILED', id)).toBe(true));
    const line = replica.process.output.lines.find(
      (each) => each.includes('GREETING_SYNTH_FAILED') && each.includes(id),
    );
    expect((JSON.parse(line!) as { reason: string }).reason).toMatch(reason);
    await expect(replica.greeting(id)).rejects.toMatchObject({ status: 404 });
    await world.openAi.clearFaults();
    expect(wordsOf(await eventually(() => replica.greeting(id)))).toBe(text);
  });
});

guardResources();
