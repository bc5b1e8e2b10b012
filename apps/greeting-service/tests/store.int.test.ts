import { phraseNames } from '@frontdesk/contracts';
import { type Database, migrate, revertLastMigration } from '@frontdesk/persistence';
import { createTestDatabase, guardResources } from '@frontdesk/test-harness';
import { type FramesRequest } from '../src/cache/frames';
import { MemoryFrames } from '../src/cache/memory-frames';
import { invalidateFrames } from '../src/profiles/invalidate';
import { mendFingerprints } from '../src/profiles/mend-fingerprints';
import { type Profiles } from '../src/profiles/profiles';
import { profilesSince } from '../src/profiles/profiles-since';
import { migrations } from '../src/store/migrations';
import { PostgresFrames } from '../src/store/postgres-frames';
import { pruneOutdatedMakers } from '../src/store/queries/campaign-frames';
import { findWanted, wantFrames } from '../src/store/queries/wanted-frames';
import { anyone, defaults, input, made, mulaw, provenance, speaker, StoreWorld, target } from './store-world';

let world: StoreWorld;
let database: Database;
let profiles: Profiles;
let frames: PostgresFrames;
const memory = new MemoryFrames({ greeting: 9, phrase: 9, campaign: 9 }, () => undefined);

beforeAll(async () => {
  world = await StoreWorld.start();
  ({ database, profiles, frames } = world);
});
afterEach(() => world.empty());
afterAll(() => world?.[Symbol.asyncDispose]());

const since = (revision: number) => profilesSince(database.dataSource.manager, revision, defaults);
const store = async (request: FramesRequest, owner = 'me'): Promise<boolean> =>
  (await frames.claim(request, owner)) && frames.complete(request, made, owner);

describe('what somebody asked for', () => {
  it('is taken up behind two hundred that are in hand already', async () => {
    const { manager } = database.dataSource;
    const current = { provenances: ['openai/tts'], pipelineVersion: 1 };
    const { id: businessId } = await profiles.create(input, anyone);
    const asked = (key: string): FramesRequest => ({
      key,
      businessId,
      pool: 'campaign',
      locale: 'he-IL',
      voice: 'alloy',
      text: key,
    });
    const failing = Array.from({ length: 200 }, (_, index) => `failing-${index}`);
    await wantFrames(manager, failing.map(asked), current);
    await wantFrames(manager, [asked('waiting')], current);
    const first = (await findWanted(manager, current)).map(({ key }) => key);
    expect(first.sort()).toEqual([...failing].sort());
    expect(await findWanted(manager, current, first)).toEqual([asked('waiting')]);
  });
});

describe('profiles in Postgres', () => {
  it('come back as they were saved, with the defaults filled in', async () => {
    const saved = await profiles.create(input, anyone);
    expect(saved).toMatchObject({ ...input, locale: 'he-IL', voice: 'alloy' });
    expect(await profiles.get(saved.id, '*')).toEqual(saved);
    expect(await profiles.list('*')).toEqual([saved]);
  });

  it('are seen only by those who may see their business', async () => {
    const mine = await profiles.create(input, anyone);
    const other = await profiles.create({ ...input, phoneNumbers: [] }, anyone);
    expect((await profiles.list([mine.id])).map(({ id }) => id)).toEqual([mine.id]);
    await expect(profiles.get(other.id, [mine.id])).rejects.toMatchObject({ status: 404 });
    await expect(profiles.replace(other.id, input, { ...anyone, visible: [mine.id] })).rejects.toMatchObject({
      status: 404,
    });
    await expect(profiles.create(input, { ...anyone, visible: [mine.id] })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('keep a number for one business, and name it to the other', async () => {
    const first = await profiles.create(
      { ...input, phoneNumbers: ['+972501234567', '+972501234568'] },
      anyone,
    );
    const second = profiles.create({ ...input, phoneNumbers: ['+15551234567', '+972501234568'] }, anyone);
    await expect(second).rejects.toMatchObject({
      status: 409,
      detail: expect.stringContaining('+972501234568'),
    });
    expect(await profiles.list('*')).toHaveLength(1);
    await profiles.replace(first.id, input, anyone);
    await expect(
      profiles.create({ ...input, phoneNumbers: ['+972501234568'] }, anyone),
    ).resolves.toBeDefined();
  });

  it('are not replaced by who has not seen the last change, and then nothing changes', async () => {
    const { id, revision } = await profiles.create(input, anyone);
    const writer = { ...anyone, expected: (actual: number) => actual === revision };
    const replaced = await profiles.replace(id, { ...input, name: 'New' }, writer);
    expect(replaced.revision).toBeGreaterThan(revision);
    await expect(profiles.replace(id, { ...input, name: 'Newer' }, writer)).rejects.toMatchObject({
      status: 412,
    });
    await expect(profiles.remove(id, writer)).rejects.toMatchObject({ status: 412 });
    expect((await profiles.get(id, '*')).name).toBe('New');
  });

  it('refuse a greeting without a word', async () => {
    await expect(profiles.create({ ...input, greetingText: '<break/> ...' }, anyone)).rejects.toMatchObject({
      status: 400,
      errors: [{ path: 'body.greetingText', message: 'holds nothing that can be spoken' }],
    });
  });

  it('leave an event for each change, in order', async () => {
    const { id, revision } = await profiles.create(input, anyone);
    await profiles.remove(id, anyone);
    const rows = await database.dataSource.query('SELECT topic, key, value FROM outbox ORDER BY id');
    expect(rows).toMatchObject([
      {
        topic: 'profile.events.v1',
        key: id,
        value: { type: 'profile.changed', data: { revision, deleted: false } },
      },
      { key: id, value: { data: { revision: revision + 1, deleted: true } } },
    ]);
  });
});

describe('profiles since a revision', () => {
  it('are those changed after it, and tombstones without a word of what they were', async () => {
    const first = await profiles.create(input, anyone);
    const second = await profiles.create({ ...input, phoneNumbers: [] }, anyone);
    const start = await since(0);
    expect(start.profiles.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(start.profiles[0]?.greeting.text).toBe(input.greetingText);
    expect(Object.keys(start.profiles[0]?.phrases ?? {})).toHaveLength(phraseNames.length);
    await profiles.remove(first.id, anyone);
    expect(await since(start.revision)).toEqual({
      revision: start.revision + 1,
      profiles: [],
      deleted: [first.id],
      more: false,
    });
    expect(
      JSON.stringify(await database.dataSource.query('SELECT * FROM profiles WHERE id = $1', [first.id])),
    ).not.toMatch(/דנה|Dana|book/);
    expect(await since(start.revision + 1)).toEqual({
      revision: start.revision + 1,
      profiles: [],
      deleted: [],
      more: false,
    });
  });

  it('are all of them, with a smaller revision, for one who has seen the future of a restored database', async () => {
    const { id, revision } = await profiles.create(input, anyone);
    const answer = await since(revision + 1000);
    expect(answer.revision).toBe(revision);
    expect(answer.profiles.map((profile) => profile.id)).toEqual([id]);
  });

  it('are never missed by one who follows while many save at once', async () => {
    const seen = new Set<string>();
    let revision = 0;
    let isDone = false;
    const follow = async (): Promise<void> => {
      while (!isDone) {
        const answer = await since(revision);
        for (const { id } of answer.profiles) seen.add(id);
        revision = answer.revision;
      }
    };
    const following = follow();
    const saved = await Promise.all(
      Array.from({ length: 40 }, () => profiles.create({ ...input, phoneNumbers: [] }, anyone)),
    );
    isDone = true;
    await following;
    for (const { id } of (await since(revision)).profiles) seen.add(id);
    expect(saved.filter(({ id }) => !seen.has(id))).toEqual([]);
  });

  it('get a new revision when a default changed what they sound like', async () => {
    const { id, revision } = await profiles.create(input, anyone);
    expect(await mendFingerprints(database, defaults)).toBe(0);
    expect(await mendFingerprints(database, { ...defaults, voice: 'nova' })).toBe(1);
    expect((await profiles.get(id, '*')).revision).toBeGreaterThan(revision);
  });
});

describe('frames in Postgres', () => {
  const requestsFor = (id: string) => world.requestsFor(id);

  it('are found by their key, made by the same provider, model and pipeline only', async () => {
    const { id } = await profiles.create(input, anyone);
    const [greeting] = await requestsFor(id);
    expect(await store(greeting!)).toBe(true);
    expect((await frames.load(greeting!.key))?.mulaw).toEqual(mulaw);
    for (const change of [
      { providers: [{ ...speaker, provider: 'offline' }] },
      { providers: [{ ...speaker, model: 'other' }] },
      { pipelineVersion: 2 },
    ]) {
      const other = new PostgresFrames(database, { ...provenance, ...change }, { leaseMs: 1000 });
      expect(await other.load(greeting!.key)).toBeNull();
      expect(await other.missing([greeting!.key])).toEqual(new Set([greeting!.key]));
    }
    expect(await frames.missing([greeting!.key, 'x'])).toEqual(new Set(['x']));
  });

  it('of two makers stay beside each other, and go when one of them is no longer asked', async () => {
    const { id } = await profiles.create(input, anyone);
    const [greeting] = await requestsFor(id);
    const { key } = greeting!;
    const other = { provider: 'openai', model: 'newer' };
    const theirs = new PostgresFrames(
      database,
      { providers: [other], pipelineVersion: 2 },
      { leaseMs: 9000 },
    );
    const theirMulaw = Buffer.alloc(160, 1);
    await store(greeting!);
    await theirs.claim(greeting!, 'them');
    expect(await theirs.complete(greeting!, { ...other, mulaw: theirMulaw }, 'them')).toBe(true);
    expect((await frames.load(key))?.mulaw).toEqual(mulaw);
    expect((await theirs.load(key))?.mulaw).toEqual(theirMulaw);

    const { manager } = database.dataSource;
    expect(await pruneOutdatedMakers(manager, theirs.current)).toBe(0);
    const age = async (those: PostgresFrames): Promise<void> => {
      await manager.query(
        `UPDATE frames SET created_at = now() - interval '8 days' WHERE pipeline_version = $1`,
        [those.current.pipelineVersion],
      );
    };
    // Made long ago, in use until a moment ago.
    await age(frames);
    expect(await pruneOutdatedMakers(manager, theirs.current)).toBe(0);
    await age(theirs);
    expect(await pruneOutdatedMakers(manager, theirs.current)).toBe(1);
    expect([await frames.load(key), (await theirs.load(key))?.mulaw]).toEqual([null, theirMulaw]);
    // The last there are stay, whoever made them.
    expect(await pruneOutdatedMakers(manager, frames.current)).toBe(0);
  });

  it('of the release before are found and replaced by nothing', async () => {
    const { id } = await profiles.create(input, anyone);
    const [greeting] = await requestsFor(id);
    await store(greeting!);
    await database.dataSource.query('UPDATE frames SET key = spoken_key, spoken_key = NULL');
    expect((await frames.load(greeting!.key))?.mulaw).toEqual(mulaw);
    expect(await frames.missing([greeting!.key])).toEqual(new Set());
    await profiles.replace(id, { ...input, greetingText: 'אחר לגמרי' }, anyone);
    expect(await frames.load(greeting!.key)).toBeNull();
  });

  it('are claimed by one owner of many who try at once', async () => {
    const { id } = await profiles.create(input, anyone);
    const [greeting] = await requestsFor(id);
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, n) => frames.claim(greeting!, `owner-${n}`)),
    );
    expect(tries.filter(Boolean)).toHaveLength(1);
  });

  it('may be claimed again when a lease has run out, and the former owner stores nothing', async () => {
    const { id } = await profiles.create(input, anyone);
    const [greeting] = await requestsFor(id);
    const hasty = new PostgresFrames(database, provenance, { leaseMs: 0 });
    expect(await hasty.claim(greeting!, 'dead')).toBe(true);
    expect(await frames.claim(greeting!, 'heir')).toBe(true);
    expect(await frames.renew(greeting!.key, 'dead')).toBe(false);
    expect(await frames.complete(greeting!, made, 'dead')).toBe(false);
    expect(await frames.load(greeting!.key)).toBeNull();
    expect(await frames.complete(greeting!, made, 'heir')).toBe(true);
  });

  it('of an old text are gone with the save of the new one, also those just being made', async () => {
    const { id } = await profiles.create(input, anyone);
    const [old, phrase] = await requestsFor(id);
    await store(old!);
    await store(phrase!);
    await profiles.replace(id, { ...input, greetingText: 'שלום חדש' }, anyone);
    expect(await frames.load(old!.key)).toBeNull();
    expect(await frames.load(phrase!.key)).not.toBeNull();

    const [current] = await requestsFor(id);
    await frames.claim(current!, 'slow');
    await profiles.replace(id, input, anyone);
    expect(await frames.complete(current!, made, 'slow')).toBe(false);
  });

  it('of a campaign stay when the profile is saved', async () => {
    const { id } = await profiles.create(input, anyone);
    const opening: FramesRequest = {
      key: 'c'.repeat(64),
      pool: 'campaign',
      businessId: id,
      locale: 'he-IL',
      voice: 'alloy',
      text: 'Hi',
    };
    await store(opening);
    await profiles.replace(id, { ...input, greetingText: 'אחר' }, anyone);
    expect(await frames.load(opening.key)).not.toBeNull();
  });

  it('are removed on both levels by an invalidation, which counts them and takes a new revision', async () => {
    const { id, revision } = await profiles.create(input, anyone);
    const [greeting, phrase] = await requestsFor(id);
    await store(greeting!);
    await store(phrase!);
    memory.put({ ...greeting!, ...made }, memory.generation);
    const what = { businessId: id, visible: '*', traceparent: anyone.traceparent } as const;
    expect(await invalidateFrames({ database, memory }, { ...what, visible: [] })).toBe(0);
    expect(await invalidateFrames({ database, memory }, what)).toBe(3);
    expect(await invalidateFrames({ database, memory }, what)).toBe(0);
    expect((await profiles.get(id, '*')).revision).toBeGreaterThan(revision);
  });

  it('that are not whole 160-byte frames are refused by the table itself', async () => {
    const { id } = await profiles.create(input, anyone);
    const [greeting] = await requestsFor(id);
    await frames.claim(greeting!, 'me');
    await expect(frames.complete(greeting!, { ...made, mulaw: Buffer.alloc(161) }, 'me')).rejects.toThrow();
    expect(await frames.load(greeting!.key)).toBeNull();
  });
});

it('the schema goes back as it came', async () => {
  await using other = await createTestDatabase();
  const options = target(other.url);
  await migrate(options);
  for (let left = migrations.length; left > 1; left--) await revertLastMigration(options);
  expect(
    await other.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'greeting' AND tablename = 'frames'`),
  ).toEqual([]);
  await migrate(options);
});

guardResources();
