import { getFrames, listProfilesSince } from '@frontdesk/contracts';
import { eventually, guardResources } from '@frontdesk/test-harness';
import { GreetingWorld, type Replica, wordsOf } from './greeting-world';

/** What differs between two releases that run side by side: who speaks, and the voice of those who name none. */
const before = { OPENAI_TTS_MODEL: 'tts-1', GREETING_VOICE_DEFAULT: 'alloy' };
const after = { OPENAI_TTS_MODEL: 'gpt-4o-mini-tts', GREETING_VOICE_DEFAULT: 'alloy' };

let world: GreetingWorld;
beforeAll(async () => (world = await GreetingWorld.start()));
afterAll(() => world?.[Symbol.asyncDispose]());

/** Everything that a replica says it would play of a business, played. */
const allHeard = (replica: Replica, id: string): Promise<string[]> =>
  eventually(async () => {
    const { greeting, phrases } = await replica.snapshot(id);
    const keys = [greeting, ...Object.values(phrases)].map(({ key }) => key);
    return await Promise.all(
      keys.map(async (key) => wordsOf(await replica.client.bytes(getFrames, { params: { key } }))),
    );
  }, 20_000);
const requests = async (): Promise<number> => {
  const { requests: all } = await world.openAi.requests<{ requests: { kind?: string; text?: string }[] }>();
  return all.filter(({ text }) => text !== undefined && text !== '').length;
};

describe('two releases side by side', () => {
  it('with other speech models pay for each text once each, and never take away what the other needs', async () => {
    let old = await world.replica(before);
    let young = await world.replica(after);
    try {
      const { id } = await old.create('which of us says this', { locale: 'en-US' });
      const [heard] = await allHeard(old, id);
      expect([heard, (await allHeard(young, id))[0]]).toEqual([
        'which of us says this',
        'which of us says this',
      ]);
      expect(await world.paid('which of us says this')).toBe(2);
      const paid = await requests();
      // Restarted, neither has anything in memory: it lives of what the other left in the database.
      for (let round = 0; round < 2; round++) {
        await old[Symbol.asyncDispose]();
        old = await world.replica(before);
        await allHeard(old, id);
        await young[Symbol.asyncDispose]();
        young = await world.replica(after);
        await allHeard(young, id);
      }
      expect(await requests()).toBe(paid);
    } finally {
      await old[Symbol.asyncDispose]();
      await young[Symbol.asyncDispose]();
    }
  });

  it('with other default voices tell gateways the same keys, and change them once for each start', async () => {
    const old = await world.replica(before);
    const { id } = await old.create('in whose voice', { locale: 'en-US' });
    await allHeard(old, id);
    const { greeting } = await old.snapshot(id);
    const young = await world.replica({ ...before, GREETING_VOICE_DEFAULT: 'marin' });
    try {
      const changed = await eventually(async () => {
        const snapshot = await young.snapshot(id);
        expect(snapshot.greeting.key).not.toBe(greeting.key);
        return snapshot;
      });
      await allHeard(young, id);
      const { revision: seen, greeting: said, phrases } = await old.snapshot(id);
      expect([seen, said, phrases]).toEqual([changed.revision, changed.greeting, changed.phrases]);
      await allHeard(old, id);
      expect(await world.paid('in whose voice')).toBe(2);
      // Both look at least once more: nobody changes anything back.
      const { revision } = await young.client.call(listProfilesSince, { query: { since: 0 } });
      const later = await young.create('another business', { locale: 'en-US' });
      await Promise.all([allHeard(old, later.id), allHeard(young, later.id)]);
      expect((await old.snapshot(id)).greeting.key).toBe(changed.greeting.key);
      expect((await old.snapshot(id)).revision).toBeLessThanOrEqual(revision);
    } finally {
      await old[Symbol.asyncDispose]();
      await young[Symbol.asyncDispose]();
    }
  });
});

guardResources();
