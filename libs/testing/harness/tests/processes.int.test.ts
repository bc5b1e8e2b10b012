import { createTestDatabase, freePort, guardResources, spawnTool } from '../src';

it('shows what a process said when it ends before it listens', async () => {
  const failure = await spawnTool('public-router', { PORT: 'eighty' }).catch((error: Error) => error);
  expect(String(failure)).toBe(
    'ProcessFailure: public-router ended before it listened (exit code 1); it said:\n' +
      'public-router: PORT must be a whole number from 0 to 65535, got "eighty"',
  );
});

it('gives a child nothing of the environment but what it names', async () => {
  process.env.PORT = 'inherited';
  const port = await freePort();
  await using router = await spawnTool('public-router', { PORT: String(port) });
  delete process.env.PORT;
  expect(router.listeningLine.port).toBe(port);
});

it('makes databases that know nothing of each other, and clones with the same content', async () => {
  await using original = await createTestDatabase();
  await original.query('CREATE TABLE t AS SELECT 1 AS one');
  await using clone = await original.clone();
  await clone.query('INSERT INTO t VALUES (2)');
  expect(await original.query('SELECT * FROM t')).toEqual([{ one: 1 }]);
  expect(await clone.query('SELECT * FROM t ORDER BY one')).toEqual([{ one: 1 }, { one: 2 }]);
});

guardResources();
