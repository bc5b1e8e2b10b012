import { ManualClock } from '@frontdesk/runtime';
import { type JoinGroupRequest } from '../protocol/apis/group-membership';
import { ErrorCode } from '../protocol/error-codes';
import { Group } from './group';

let clock: ManualClock;
let group: Group;
beforeEach(() => {
  clock = new ManualClock();
  let ids = 0;
  group = new Group('g', { clock, initialRebalanceDelayMs: 100, newMemberId: () => `m${++ids}` });
});

const join = (memberId = '', over: Partial<JoinGroupRequest> = {}) =>
  group.join(
    {
      groupId: 'g',
      sessionTimeoutMs: 6000,
      rebalanceTimeoutMs: 10_000,
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'roundrobin', metadata: Buffer.from(memberId) }],
      requiresMemberId: false,
      ...over,
    },
    'client',
  );
const sync = (memberId: string, generation: number, assigned: string[] = []) =>
  group.sync({
    groupId: 'g',
    generation,
    memberId,
    assignments: assigned.map((id) => ({ memberId: id, assignment: Buffer.from(`for ${id}`) })),
  });

const twoStableMembers = async (): Promise<void> => {
  const joins = [join(), join()];
  clock.advance(100);
  await Promise.all(joins);
  const syncs = [sync('m2', 1), sync('m1', 1, ['m1', 'm2'])];
  await Promise.all(syncs);
};

it('lets members that start together share the first rebalance and gives the list to the leader alone', async () => {
  const joins = [join(), join()];
  clock.advance(100);
  const [leader, follower] = await Promise.all(joins);
  expect(leader).toMatchObject({ generation: 1, leaderId: 'm1', memberId: 'm1' });
  expect(leader!.members.map((member) => member.memberId)).toEqual(['m1', 'm2']);
  expect(follower).toMatchObject({ generation: 1, leaderId: 'm1', memberId: 'm2', members: [] });
});

it('hands each member what the leader assigned', async () => {
  const joins = [join(), join()];
  clock.advance(100);
  await Promise.all(joins);
  const [follower, leader] = await Promise.all([sync('m2', 1), sync('m1', 1, ['m1', 'm2'])]);
  expect(follower!.assignment.toString()).toBe('for m2');
  expect(leader!.assignment.toString()).toBe('for m1');
  expect(group.state).toBe('Stable');
});

it('tells members of a rebalance by their heartbeats and completes it when all have joined again', async () => {
  await twoStableMembers();
  const third = join();
  expect(group.heartbeat('m1', 1)).toBe(ErrorCode.rebalanceInProgress);
  const rejoined = [join('m1'), join('m2')];
  expect((await Promise.all([third, ...rejoined])).map((answer) => answer.generation)).toEqual([2, 2, 2]);
});

it('takes the partitions of a member whose session ran out', async () => {
  await twoStableMembers();
  for (let elapsed = 0; elapsed < 7000; elapsed += 1000) {
    group.heartbeat('m1', 1);
    clock.advance(1000);
  }
  expect(group.heartbeat('m2', 1)).toBe(ErrorCode.unknownMemberId);
  expect(group.heartbeat('m1', 1)).toBe(ErrorCode.rebalanceInProgress);
  expect(await join('m1')).toMatchObject({ generation: 2, leaderId: 'm1' });
});

it('goes on without a member that does not join again within the rebalance time-out', async () => {
  await twoStableMembers();
  const third = join();
  const first = join('m1');
  for (let elapsed = 0; elapsed < 10_000; elapsed += 1000) {
    group.heartbeat('m2', 1);
    clock.advance(1000);
  }
  expect((await first).members.map((member) => member.memberId)).toEqual(['m1', 'm3']);
  expect(await third).toMatchObject({ generation: 2 });
});

it('answers those waiting in sync when the leader is lost before it assigned', async () => {
  const joins = [join(), join()];
  clock.advance(100);
  await Promise.all(joins);
  const waiting = sync('m2', 1);
  clock.advance(6000);
  expect(await waiting).toMatchObject({ errorCode: ErrorCode.rebalanceInProgress });
});

it('refuses stale generations, unknown members and commits of either', async () => {
  await twoStableMembers();
  expect(group.heartbeat('m1', 0)).toBe(ErrorCode.illegalGeneration);
  expect(await sync('m9', 1)).toMatchObject({ errorCode: ErrorCode.unknownMemberId });
  expect(group.checkCommit('m1', 0)).toBe(ErrorCode.illegalGeneration);
  expect(group.checkCommit('m1', 1)).toBe(ErrorCode.none);
  expect(await join('m9')).toMatchObject({ errorCode: ErrorCode.unknownMemberId });
});

it('gives a new member its id first and forgets the id when it is not used', async () => {
  const promised = await join('', { requiresMemberId: true });
  expect(promised).toMatchObject({ errorCode: ErrorCode.memberIdRequired, memberId: 'm1' });
  const joining = join('m1', { requiresMemberId: true });
  clock.advance(100);
  expect(await joining).toMatchObject({ errorCode: ErrorCode.none, memberId: 'm1' });
  await join('', { requiresMemberId: true });
  clock.advance(6000);
  expect(await join('m2')).toMatchObject({ errorCode: ErrorCode.unknownMemberId });
});

it('refuses a member that shares no protocol with the others', async () => {
  await twoStableMembers();
  const refused = await join('', { protocols: [{ name: 'sticky', metadata: Buffer.alloc(0) }] });
  expect(refused).toMatchObject({ errorCode: ErrorCode.inconsistentGroupProtocol });
});

it('leaves no timer behind when it closes', async () => {
  await twoStableMembers();
  void join();
  group.close();
  expect(clock.pendingTimers).toBe(0);
});
