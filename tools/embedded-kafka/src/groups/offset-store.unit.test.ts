import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DamagedDataError } from '../damaged-data-error';
import { OffsetStore } from './offset-store';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offsets-'));
  path = join(folder, 'offsets.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const commit = (store: OffsetStore, offset: number, group = 'g'): void =>
  store.commit(group, [{ topic: 't', partition: 0, offset, metadata: null }]);

it('keeps the last offset over a restart and compacts the file', () => {
  const store = new OffsetStore(path);
  for (let offset = 0; offset < 50; offset++) commit(store, offset);
  store.close();
  const again = new OffsetStore(path);
  expect(again.get('g', 't', 0)?.offset).toBe(49);
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
  again.close();
});

it('compacts while it runs, so that the file stays bounded', () => {
  const store = new OffsetStore(path);
  for (let offset = 0; offset < 10_010; offset++) commit(store, offset);
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(100);
  store.close();
});

it('drops a half-written last line and refuses damage before it', () => {
  const store = new OffsetStore(path);
  commit(store, 7);
  store.close();
  appendFileSync(path, '["g","t",0,8');
  const again = new OffsetStore(path);
  expect(again.get('g', 't', 0)?.offset).toBe(7);
  commit(again, 9);
  again.close();
  writeFileSync(path, `nonsense\n${readFileSync(path, 'utf8')}`);
  expect(() => new OffsetStore(path)).toThrow(DamagedDataError);
});

it('forgets a deleted group for good', () => {
  const store = new OffsetStore(path);
  commit(store, 1);
  commit(store, 2, 'other');
  store.deleteWhere((group) => group === 'g');
  store.close();
  const again = new OffsetStore(path);
  expect(again.groupIds()).toEqual(['other']);
  again.close();
});
