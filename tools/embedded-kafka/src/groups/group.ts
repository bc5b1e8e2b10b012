import { ErrorCode } from '../protocol/error-codes';
import {
  type JoinGroupRequest,
  type JoinGroupResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../protocol/apis/group-membership';
import { type Clock, type Timer } from '@frontdesk/runtime';

interface Member {
  readonly id: string;
  readonly clientId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: { name: string; metadata: Buffer }[];
  assignment: Buffer;
  session: Timer | undefined;
  /** Set while the member waits for the answer to its join or sync; its session does not run out meanwhile. */
  join: ((response: JoinGroupResponse) => void) | undefined;
  sync: ((response: SyncGroupResponse) => void) | undefined;
}

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

const noAssignment = Buffer.alloc(0);
export const refusedJoin = (errorCode: ErrorCode, memberId: string): JoinGroupResponse => ({
  errorCode,
  generation: -1,
  protocol: '',
  leaderId: '',
  memberId,
  members: [],
});

/**
 * One consumer group on the classic protocol.
 *
 * - Empty: no members. The first join → PreparingRebalance, closed after the initial delay so that members starting
 *   together share one rebalance.
 * - PreparingRebalance: waits for every known member to join again; complete when all did, or after the longest
 *   rebalance time-out without those that did not. Heartbeats are answered REBALANCE_IN_PROGRESS.
 * - CompletingRebalance: a new generation; members have been answered and wait in sync for the leader's assignment.
 * - Stable: assignments given. A join of the leader or with other protocols, a leave or a session that ran out
 *   → PreparingRebalance.
 */
export class Group {
  state: GroupState = 'Empty';
  generation = 0;
  protocolType = '';
  protocol = '';
  private leaderId = '';
  private rebalanceTimer: Timer | undefined;
  private isFirstRebalance = false;
  readonly members = new Map<string, Member>();
  /** Ids given to members that have not joined with them yet (KIP-394). */
  private readonly promised = new Map<string, Timer>();

  constructor(
    readonly id: string,
    private readonly options: {
      clock: Clock;
      initialRebalanceDelayMs: number;
      newMemberId(clientId: string): string;
    },
  ) {}

  get isUnused(): boolean {
    return this.members.size === 0 && this.promised.size === 0;
  }

  join(request: JoinGroupRequest, clientId: string): Promise<JoinGroupResponse> {
    const { memberId } = request;
    const known = this.members.get(memberId);
    const refusal = this.refuseJoin(request, known, clientId);
    if (refusal) return Promise.resolve(refusal);
    if (known && !this.needsRebalance(known, request)) return Promise.resolve(this.joined(known));
    const member = known ?? this.addMember(memberId || this.options.newMemberId(clientId), clientId);
    member.sessionTimeoutMs = request.sessionTimeoutMs;
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs;
    member.protocols = request.protocols;
    this.protocolType = request.protocolType;
    return new Promise((resolve) => {
      member.join?.(refusedJoin(ErrorCode.unknownMemberId, member.id)); // a repeat replaces the one that waited
      member.join = resolve;
      member.session?.cancel();
      this.beginRebalance();
      this.completeIfAllJoined();
    });
  }

  private refuseJoin(
    request: JoinGroupRequest,
    known: Member | undefined,
    clientId: string,
  ): JoinGroupResponse | undefined {
    const { memberId, protocols, protocolType } = request;
    if (memberId && !known && !this.promised.has(memberId))
      return refusedJoin(ErrorCode.unknownMemberId, memberId);
    const others = [...this.members.values()].filter((member) => member !== known);
    const shares = protocols.some(({ name }) =>
      others.every((other) => other.protocols.some((protocol) => protocol.name === name)),
    );
    if (protocols.length === 0 || !shares || (others.length > 0 && protocolType !== this.protocolType))
      return refusedJoin(ErrorCode.inconsistentGroupProtocol, memberId);
    if (!memberId && request.requiresMemberId) {
      const promisedId = this.options.newMemberId(clientId);
      const forget = (): unknown => this.promised.delete(promisedId);
      this.promised.set(promisedId, this.options.clock.setTimer(forget, request.sessionTimeoutMs));
      return refusedJoin(ErrorCode.memberIdRequired, promisedId);
    }
    return undefined;
  }

  /** A follower that asks again with the same protocols has only lost its answer. */
  private needsRebalance(member: Member, request: JoinGroupRequest): boolean {
    const isSame =
      member.protocols.length === request.protocols.length &&
      member.protocols.every((protocol, index) => {
        const other = request.protocols[index]!;
        return protocol.name === other.name && protocol.metadata.equals(other.metadata);
      });
    if (this.state === 'Stable') return !isSame || member.id === this.leaderId;
    return this.state !== 'CompletingRebalance' || !isSame;
  }

  private addMember(id: string, clientId: string): Member {
    this.promised.get(id)?.cancel();
    this.promised.delete(id);
    const member: Member = {
      id,
      clientId,
      sessionTimeoutMs: 0,
      rebalanceTimeoutMs: 0,
      protocols: [],
      assignment: noAssignment,
      session: undefined,
      join: undefined,
      sync: undefined,
    };
    this.members.set(id, member);
    return member;
  }

  private beginRebalance(): void {
    if (this.state === 'PreparingRebalance') return;
    this.isFirstRebalance = this.state === 'Empty';
    this.state = 'PreparingRebalance';
    for (const member of this.members.values())
      this.answerSync(member, { errorCode: ErrorCode.rebalanceInProgress, assignment: noAssignment });
    const longest = Math.max(...[...this.members.values()].map((member) => member.rebalanceTimeoutMs));
    this.rebalanceTimer?.cancel();
    this.rebalanceTimer = this.options.clock.setTimer(
      () => this.complete(),
      this.isFirstRebalance ? this.options.initialRebalanceDelayMs : longest,
    );
  }

  private completeIfAllJoined(): void {
    if (this.state !== 'PreparingRebalance' || this.isFirstRebalance) return;
    if ([...this.members.values()].every((member) => member.join)) this.complete();
  }

  private complete(): void {
    this.rebalanceTimer?.cancel();
    for (const member of [...this.members.values()])
      if (!member.join) {
        member.session?.cancel();
        this.members.delete(member.id);
      }
    const members = [...this.members.values()];
    if (members.length === 0) {
      this.state = 'Empty';
      return;
    }
    this.generation += 1;
    this.state = 'CompletingRebalance';
    this.isFirstRebalance = false;
    if (!this.members.has(this.leaderId)) this.leaderId = members[0]!.id;
    const isShared = (name: string): boolean =>
      members.every((member) => member.protocols.some((protocol) => protocol.name === name));
    this.protocol = members[0]!.protocols.find(({ name }) => isShared(name))?.name ?? '';
    for (const member of members) {
      const { join } = member;
      member.join = undefined;
      member.assignment = noAssignment;
      this.renewSession(member);
      join?.(this.joined(member));
    }
  }

  private joined(member: Member): JoinGroupResponse {
    const isLeader = member.id === this.leaderId;
    const metadataOf = (other: Member): Buffer =>
      other.protocols.find(({ name }) => name === this.protocol)?.metadata ?? noAssignment;
    return {
      errorCode: ErrorCode.none,
      generation: this.generation,
      protocol: this.protocol,
      leaderId: this.leaderId,
      memberId: member.id,
      members: isLeader
        ? [...this.members.values()].map((other) => ({ memberId: other.id, metadata: metadataOf(other) }))
        : [],
    };
  }

  sync(request: SyncGroupRequest): Promise<SyncGroupResponse> {
    const member = this.members.get(request.memberId);
    const errorCode = this.check(member, request.generation);
    if (!member || errorCode !== ErrorCode.none)
      return Promise.resolve({ errorCode, assignment: noAssignment });
    this.renewSession(member);
    if (this.state === 'Stable')
      return Promise.resolve({ errorCode: ErrorCode.none, assignment: member.assignment });
    return new Promise((resolve) => {
      member.sync = resolve;
      member.session?.cancel();
      if (member.id === this.leaderId) this.assign(request.assignments);
    });
  }

  private assign(assignments: SyncGroupRequest['assignments']): void {
    for (const { memberId, assignment } of assignments) {
      const member = this.members.get(memberId);
      if (member) member.assignment = assignment;
    }
    this.state = 'Stable';
    for (const member of this.members.values()) {
      this.answerSync(member, { errorCode: ErrorCode.none, assignment: member.assignment });
    }
  }

  private answerSync(member: Member, response: SyncGroupResponse): void {
    if (!member.sync) return;
    const { sync } = member;
    member.sync = undefined;
    this.renewSession(member);
    sync(response);
  }

  heartbeat(memberId: string, generation: number): ErrorCode {
    const member = this.members.get(memberId);
    if (!member) return ErrorCode.unknownMemberId;
    if (generation !== this.generation) return ErrorCode.illegalGeneration;
    if (!member.join) this.renewSession(member);
    return this.state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  /** May this member act for this generation (sync, commit)? */
  check(member: Member | undefined, generation: number): ErrorCode {
    if (!member) return ErrorCode.unknownMemberId;
    if (generation !== this.generation) return ErrorCode.illegalGeneration;
    return this.state === 'PreparingRebalance' ? ErrorCode.rebalanceInProgress : ErrorCode.none;
  }

  /** A commit is taken while a rebalance is prepared: the member still owns what it worked on. */
  checkCommit(memberId: string, generation: number): ErrorCode {
    if (generation < 0) return this.members.size === 0 ? ErrorCode.none : ErrorCode.unknownMemberId;
    const member = this.members.get(memberId);
    if (!member) return ErrorCode.unknownMemberId;
    if (generation !== this.generation) return ErrorCode.illegalGeneration;
    if (this.state === 'CompletingRebalance') return ErrorCode.rebalanceInProgress;
    if (!member.join) this.renewSession(member);
    return ErrorCode.none;
  }

  leave(memberId: string): ErrorCode {
    const promised = this.promised.get(memberId);
    promised?.cancel();
    if (this.promised.delete(memberId)) return ErrorCode.none;
    if (!this.members.has(memberId)) return ErrorCode.unknownMemberId;
    this.remove(memberId);
    return ErrorCode.none;
  }

  private renewSession(member: Member): void {
    member.session?.cancel();
    member.session = this.options.clock.setTimer(() => this.remove(member.id), member.sessionTimeoutMs);
  }

  private remove(memberId: string): void {
    const member = this.members.get(memberId);
    if (!member) return;
    this.members.delete(memberId);
    member.session?.cancel();
    member.join?.(refusedJoin(ErrorCode.unknownMemberId, memberId));
    member.sync?.({ errorCode: ErrorCode.unknownMemberId, assignment: noAssignment });
    if (this.members.size === 0) {
      this.state = 'Empty';
      this.rebalanceTimer?.cancel();
    } else if (this.state === 'PreparingRebalance') this.completeIfAllJoined();
    else this.beginRebalance();
  }

  /** Stops all timers and answers everyone who waits. */
  close(): void {
    this.rebalanceTimer?.cancel();
    for (const timer of this.promised.values()) timer.cancel();
    for (const member of this.members.values()) {
      member.session?.cancel();
      member.join?.(refusedJoin(ErrorCode.unknownMemberId, member.id));
      member.sync?.({ errorCode: ErrorCode.unknownMemberId, assignment: noAssignment });
    }
    this.members.clear();
    this.promised.clear();
  }
}
