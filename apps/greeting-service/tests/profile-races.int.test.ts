import { type BusinessProfile } from '@frontdesk/contracts';
import { eventually, guardResources } from '@frontdesk/test-harness';
import { type FramesRequest } from '../src/cache/frames';
import { mendFingerprints } from '../src/profiles/mend-fingerprints';
import { profilesSince } from '../src/profiles/profiles-since';
import { writeProfile } from '../src/profiles/write-profile';
import { findWanted, wantFrames } from '../src/store/queries/wanted-frames';
import { ProfileFollower } from '../src/warm/profile-follower';
import { anyone, defaults, input, made, StoreWorld } from './store-world';

let world: StoreWorld;
beforeAll(async () => (world = await StoreWorld.start()));
afterEach(() => world.empty());
afterAll(() => world?.[Symbol.asyncDispose]());

const create = (greetingText: string = input.greetingText): Promise<BusinessProfile> =>
  world.profiles.create({ ...input, phoneNumbers: [], greetingText }, anyone);
const save = (id: string, greetingText: string): Promise<BusinessProfile> =>
  world.profiles.replace(id, { ...input, phoneNumbers: [], greetingText }, anyone);
const opening = (businessId: string): FramesRequest => ({
  key: 'c'.repeat(64),
  pool: 'campaign',
  businessId,
  locale: 'he-IL',
  voice: 'alloy',
  text: 'Hi',
});

describe('profiles told in pages', () => {
  it('leave none out, whatever is saved between the statements of a page', async () => {
    const saved = [await create(), await create(), await create(), await create()];
    const runner = world.database.dataSource.createQueryRunner();
    try {
      const query = runner.query.bind(runner);
      const querySlowly = async (...statement: Parameters<typeof query>): Promise<unknown> => {
        const answer: unknown = await query(...statement);
        await save(saved[0]!.id, 'saved again');
        return answer;
      };
      Object.assign(runner, { query: querySlowly });
      const page = await profilesSince(runner.manager, 0, defaults, 2);
      expect(page.revision).toBeLessThan(saved[2]!.revision);
    } finally {
      await runner.release();
    }
  });
});

describe('a start with other defaults', () => {
  it('never brings back the text that a save replaces at that moment', async () => {
    const { id, createdAt } = await create('the old text');
    const { dataSource } = world.database;
    let mending: Promise<number> | undefined;
    await world.database.transaction(async (manager) => {
      const change = { ...input, phoneNumbers: [], greetingText: 'the new text' };
      const { traceparent } = anyone;
      await writeProfile(
        manager,
        { id, input: change, createdAt: new Date(createdAt), traceparent },
        defaults,
      );
      mending = mendFingerprints(world.database, { ...defaults, voice: 'nova' });
      await eventually(async () => {
        const waiting = await dataSource.query('SELECT 1 FROM pg_locks WHERE NOT granted');
        expect(waiting).not.toEqual([]);
      });
    });
    expect(await mending).toBe(1);
    const { profiles } = await profilesSince(dataSource.manager, 0, { ...defaults, voice: 'nova' });
    expect(profiles.map(({ greeting }) => greeting.text)).toEqual(['the new text']);
  });
});

describe('frames whose synthesis began too late', () => {
  it('are not stored for a text that the business has no more', async () => {
    const { id } = await create('the old text');
    const [old] = await world.requestsFor(id);
    await save(id, 'the new text');
    // By a replica that has not heard of the save.
    expect(await world.frames.claim(old!, 'late')).toBe(true);
    expect(await world.frames.complete(old!, made, 'late')).toBe(false);
    expect(await world.frames.load(old!.key)).toBeNull();
  });

  it('are not stored while a save that outdates them is on its way', async () => {
    const { id, createdAt } = await create('the old text');
    const [old] = await world.requestsFor(id);
    let storing: Promise<boolean> | undefined;
    await world.database.transaction(async (manager) => {
      const change = { ...input, phoneNumbers: [], greetingText: 'the new text' };
      const { traceparent } = anyone;
      await writeProfile(
        manager,
        { id, input: change, createdAt: new Date(createdAt), traceparent },
        defaults,
      );
      // The save has given its claims back already, and sees nothing of this one.
      await world.frames.claim(old!, 'quick');
      storing = world.frames.complete(old!, made, 'quick');
    });
    expect(await storing).toBe(false);
    expect(await world.frames.load(old!.key)).toBeNull();
  });

  it('are not stored for a business that is gone, whatever they say', async () => {
    const { id } = await create();
    const [greeting, phrase] = await world.requestsFor(id);
    await world.profiles.remove(id, anyone);
    for (const request of [greeting!, phrase!, opening(id)]) {
      expect(await world.frames.claim(request, 'late')).toBe(true);
      expect(await world.frames.complete(request, made, 'late')).toBe(false);
    }
  });
});

describe('what is asked for', () => {
  it('is wanted for a business that exists, and for no other', async () => {
    const { manager } = world.database.dataSource;
    const { current } = world.frames;
    const { id } = await create();
    expect(await wantFrames(manager, [opening(id)], current)).toEqual(new Set([opening(id).key]));
    expect(await findWanted(manager, current)).toEqual([opening(id)]);
    await world.profiles.remove(id, anyone);
    expect(await wantFrames(manager, [opening(id)], current)).toEqual(new Set());
    expect(await findWanted(manager, current)).toEqual([]);
  });
});

describe('a replica that follows the profiles', () => {
  /** @param seen gets the greeting of each profile it hears of */
  const follow = (seen: string[]): ProfileFollower =>
    ProfileFollower.start({
      database: world.database,
      intervalMs: 60_000,
      prepare: () => Promise.resolve(),
      onChanged: ({ greetingText }) => Promise.resolve(void seen.push(greetingText)),
      onFailed: (error) => {
        throw error;
      },
    });

  it('hears of each once, in pages, and of each change', async () => {
    const texts = Array.from({ length: 101 }, (_, n) => `greeting ${n}`);
    for (const text of texts) await create(text);
    const { id } = await create('the last one');
    const seen: string[] = [];
    await using follower = follow(seen);
    await eventually(() => expect(seen).toEqual([...texts, 'the last one']));
    await save(id, 'changed');
    follower.poke();
    await eventually(() => expect(seen.slice(102)).toEqual(['changed']));
  });

  it('begins anew when the database was restored from a backup', async () => {
    for (const text of ['before', 'the backup']) await create(text);
    const seen: string[] = [];
    await using follower = follow(seen);
    await eventually(() => expect(seen).toEqual(['before', 'the backup']));
    await world.empty();
    await world.database.dataSource.query('ALTER SEQUENCE profile_revision RESTART');
    await create('after the restore');
    follower.poke();
    await eventually(() => expect(seen.slice(2)).toEqual(['after the restore']));
  });
});

guardResources();
