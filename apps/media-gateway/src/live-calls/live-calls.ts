import { type LiveCall } from '@frontdesk/contracts';
import { type GatewayPeers } from '../peers/gateway-peers';
import { type StreamRegistry } from '../streams/stream-registry';

/** The calls that are live now, here and at the peers. */
export class LiveCalls {
  constructor(
    private readonly registry: Pick<StreamRegistry, 'live'>,
    private readonly peers: Pick<GatewayPeers, 'liveCalls'>,
    private readonly nowMs: () => number = Date.now,
  ) {}

  own(): LiveCall[] {
    return this.registry.live().flatMap(({ session, startedAt, ...record }) => {
      if (!session) return [];
      const { callSid, businessId, direction, generation, phase } = record;
      const durationMs = Math.max(0, this.nowMs() - startedAt.getTime());
      const when = { startedAt: startedAt.toISOString(), durationMs };
      return [{ callSid, businessId, direction, generation, phase, ...when, ...session.describe() }];
    });
  }

  /** Oldest first. A call that two replicas tell of, as while it is handed over, is told once: by its newer stream. */
  async all(): Promise<LiveCall[]> {
    const bySid = new Map<string, LiveCall>();
    for (const call of [...this.own(), ...(await this.peers.liveCalls())]) {
      const known = bySid.get(call.callSid);
      if (!known || known.generation < call.generation) bySid.set(call.callSid, call);
    }
    return [...bySid.values()].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  }
}
