import { getBusiness, getFrames, listProfilesSince, speakGreeting } from '@frontdesk/contracts';
import { DatabaseDoor, eventually, guardResources } from '@frontdesk/test-harness';
import { GreetingWorld, type Replica, wordsOf } from './greeting-world';

let world: GreetingWorld;
let door: DatabaseDoor;
let replica: Replica;
beforeAll(async () => {
  world = await GreetingWorld.start();
  door = await DatabaseDoor.open(world.database.url);
  replica = await world.replica({ DATABASE_URL: door.url });
});
afterAll(async () => {
  await replica?.[Symbol.asyncDispose]();
  await door?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

describe('while PostgreSQL is away', () => {
  it('what is in memory is heard, all else is answered 503, and all is well when it is back', async () => {
    const { id } = await replica.create('still here');
    await eventually(() => replica.greeting(id));
    const { key } = (await replica.snapshot(id)).greeting;
    await door.shut();

    expect(wordsOf(await replica.client.bytes(getFrames, { params: { key } }))).toBe('still here');
    const live = { params: { key }, query: { businessId: id } };
    expect(wordsOf(await replica.client.bytes(speakGreeting, live))).toBe('still here');

    const away = { status: 503 };
    await expect(replica.client.call(getBusiness, { params: { id } })).rejects.toMatchObject(away);
    await expect(replica.client.call(listProfilesSince, { query: { since: 0 } })).rejects.toMatchObject(away);
    await expect(replica.client.bytes(getFrames, { params: { key: '0'.repeat(64) } })).rejects.toMatchObject(
      away,
    );
    const unknown = { params: { key: '0'.repeat(64) }, query: { businessId: id } };
    await expect(replica.client.bytes(speakGreeting, unknown)).rejects.toMatchObject(away);

    await door.reopen();
    const other = await eventually(() => replica.create('back again'));
    expect(wordsOf(await eventually(() => replica.greeting(other.id)))).toBe('back again');
    expect(replica.logged('HANDLER_FAILED')).toBe(false);
  });
});

guardResources();
