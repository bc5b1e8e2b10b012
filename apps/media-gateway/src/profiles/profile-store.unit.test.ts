import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profileSnapshotSchema, type ProfileSnapshot } from '@frontdesk/contracts';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { GatewayEvents } from '../events';
import { PAGE_PROFILES, type ProfileChanges, ProfileStore } from './profile-store';

const events = new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false }));
const settle = () => new Promise((resolve) => setImmediate(resolve));

const profile = (revision: number, number: string, change: Partial<ProfileSnapshot> = {}): ProfileSnapshot =>
  profileSnapshotSchema.parse({
    id: randomUUID(),
    name: 'Business',
    phoneNumbers: [number],
    locale: 'he-IL',
    voice: 'marin',
    greetingText: 'hello',
    instructions: '',
    tools: [],
    transferNumber: null,
    fallbackPrompt: null,
    greetingProtectMs: null,
    retentionDays: null,
    silentCaller: null,
    optOutKey: null,
    revision,
    createdAt: '2026-11-20T00:00:00.000Z',
    updatedAt: '2026-11-20T00:00:00.000Z',
    greeting: { key: 'a'.repeat(64), text: 'hello' },
    phrases: Object.fromEntries(
      ['bridge', 'slow-tool', 'fallback-prompt', 'still-there', 'goodbye'].map((name) => [
        name,
        { key: 'b'.repeat(64), text: name },
      ]),
    ),
    ...change,
  });

/** greeting-service's side: its profiles, and what it was asked. */
class Service {
  profiles: ProfileSnapshot[] = [];
  deleted: { id: string; revision: number }[] = [];
  readonly asked: number[] = [];
  isAway = false;

  fetchSince = async (since: number, limit: number): Promise<ProfileChanges> => {
    this.asked.push(since);
    await settle();
    if (this.isAway) throw new Error('connection refused');
    const latest = Math.max(0, ...[...this.profiles, ...this.deleted].map(({ revision }) => revision));
    const from = latest < since ? 0 : since;
    const rows = [...this.profiles, ...this.deleted]
      .filter(({ revision }) => revision > from)
      .sort((a, b) => a.revision - b.revision)
      .slice(0, limit);
    return {
      revision: rows.at(-1)?.revision ?? Math.min(since, latest),
      profiles: rows.filter((row): row is ProfileSnapshot => 'name' in row),
      deleted: rows.filter((row) => !('name' in row)).map(({ id }) => id),
      more: rows.length === limit,
    };
  };
}

describe('ProfileStore', () => {
  let directory: string;
  let service: Service;
  const stores: ProfileStore[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'profiles-'));
    service = new Service();
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  const storeOf = (options: { isOnDisk?: boolean; maxProfiles?: number } = {}) => {
    const changed: string[] = [];
    const store = new ProfileStore({
      fetchSince: service.fetchSince,
      snapshotFile: options.isOnDisk ? join(directory, 'profiles') : undefined,
      events,
      onChanged: ({ id }) => changed.push(id),
      ...(options.maxProfiles === undefined ? {} : { maxProfiles: options.maxProfiles }),
    });
    stores.push(store);
    return { store, changed };
  };
  const started = async (options: { isOnDisk?: boolean; maxProfiles?: number } = {}) => {
    const made = storeOf(options);
    await made.store.start();
    await made.store.waitForFirstLoad(1000);
    return made;
  };

  it('loads in pages, so that no answer is long to read', async () => {
    service.profiles = Array.from({ length: 3 * PAGE_PROFILES + 1 }, (_, index) =>
      profile(index + 1, `+1415555${1000 + index}`),
    );
    const { store, changed } = await started();
    expect(store.size).toBe(3 * PAGE_PROFILES + 1);
    expect(changed).toHaveLength(3 * PAGE_PROFILES + 1);
    expect(service.asked).toEqual([0, PAGE_PROFILES, 2 * PAGE_PROFILES, 3 * PAGE_PROFILES]);
  });

  it('takes changes and deletions, moves numbers, and tells what changed', async () => {
    const [a, b] = [profile(1, '+14155550001'), profile(2, '+14155550002')];
    service.profiles = [a, b];
    const { store, changed } = await started();
    changed.length = 0;
    service.profiles = [{ ...b, phoneNumbers: ['+14155550001'], revision: 4 }];
    service.deleted = [{ id: a.id, revision: 3 }];
    await store.lookUp('+14155550001', 1000);
    expect(store.byCalledNumber('+14155550001')?.id).toBe(b.id);
    expect(store.byCalledNumber('+14155550002')).toBeUndefined();
    expect(store.byBusinessId(a.id)).toBeUndefined();
    expect(changed).toEqual([b.id]);
  });

  it('makes good a hint that never came, by the revision', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const made = storeOf();
      await made.store.start();
      for (let index = 0; index < 5; index++) await settle();
      service.profiles = [profile(1, '+14155550001')];
      await jest.advanceTimersByTimeAsync(5000);
      for (let index = 0; index < 5; index++) await settle();
      expect(made.store.byCalledNumber('+14155550001')).toBeDefined();
      expect(service.asked).toHaveLength(2);
      await made.store[Symbol.asyncDispose]();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('asks once for all who look up at once, and never more than one behind that', async () => {
    const { store } = await started();
    service.asked.length = 0;
    const lookUps = Array.from({ length: 50 }, (_, index) => store.lookUp(`+1415555${index}`, 1000));
    store.hint();
    store.hint();
    await Promise.all(lookUps);
    await settle();
    await settle();
    expect(service.asked).toHaveLength(2);
  });

  it('finds a profile that was saved while an older question was on its way', async () => {
    const { store } = await started();
    store.hint();
    await Promise.resolve();
    const looked = store.lookUp('+14155550001', 1000);
    service.profiles = [profile(1, '+14155550001')];
    expect((await looked)?.phoneNumbers).toEqual(['+14155550001']);
  });

  it('waits no longer than the bound for a look-up, and goes on after a failure', async () => {
    const { store } = await started();
    service.isAway = true;
    expect(await store.lookUp('+14155550001', 1000)).toBeUndefined();
    service.isAway = false;
    service.profiles = [profile(1, '+14155550001')];
    expect(await store.lookUp('+14155550001', 1000)).toBeDefined();
    service.fetchSince = () => new Promise(() => undefined);
    const stuck = new ProfileStore({
      fetchSince: service.fetchSince,
      snapshotFile: undefined,
      events,
      onChanged: () => undefined,
    });
    expect(await stuck.lookUp('+14155550002', 5)).toBeUndefined();
  });

  it('forgets what a restored database no longer has', async () => {
    const [a, b] = [profile(1, '+14155550001'), profile(7, '+14155550002')];
    service.profiles = [a, b];
    const { store } = await started();
    service.profiles = [a];
    await store.lookUp('+14155550003', 1000);
    expect(store.byBusinessId(a.id)).toBeDefined();
    expect(store.byBusinessId(b.id)).toBeUndefined();
  });

  it('keeps no more profiles than its bound', async () => {
    service.profiles = Array.from({ length: 12 }, (_, index) =>
      profile(index + 1, `+1415555${1000 + index}`),
    );
    const { store } = await started({ maxProfiles: 5 });
    expect(store.size).toBe(5);
  });

  const saved = async (): Promise<string> => {
    for (;;) {
      const text = await readFile(join(directory, 'profiles'), 'utf8').catch(() => '');
      if (text) return text;
    }
  };

  it('starts from its copy on disk when greeting-service is away, and forgets of it what is no more', async () => {
    const [a, b] = [profile(1, '+14155550001'), profile(2, '+14155550002')];
    service.profiles = [a, b];
    await started({ isOnDisk: true });
    expect((await saved()).split('\n')).toHaveLength(4);
    service.isAway = true;
    const { store } = storeOf({ isOnDisk: true });
    await store.start();
    expect(store.byCalledNumber('+14155550002')).toEqual(b);
    service.isAway = false;
    service.profiles = [a];
    await store.lookUp('+14155550003', 1000);
    expect(store.byBusinessId(b.id)).toBeUndefined();
    expect(store.byBusinessId(a.id)).toBeDefined();
  });

  it.each([
    ['is none', ''],
    ['is no JSON', 'x'],
    ['is half', '{"revision":3,"count":2}\n'],
    ['holds something else', '{"revision":3,"count":1}\n{"id":1}\n'],
  ])('starts without a copy on disk that %s', async (_, text) => {
    await writeFile(join(directory, 'profiles'), text);
    service.profiles = [profile(1, '+14155550001')];
    const { store } = await started({ isOnDisk: true });
    expect(store.size).toBe(1);
  });
});
