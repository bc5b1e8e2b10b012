import { listCallEvents } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { findCall } from '../../store/queries/find-call';

interface EventRow {
  id: string;
  type: string;
  generation: number;
  seq: number;
  at: Date;
  data: Record<string, unknown>;
}

/** Everything that happened in a call, for its time axis. */
export const serveListEvents = (router: ServiceRouter, { database }: Parts): void =>
  router.handle(listCallEvents, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    const { callSid } = await findCall(manager, params.sid, caller);
    const rows = await manager.query<EventRow[]>(
      'SELECT id, type, generation, seq, at, data FROM events WHERE call_sid = $1 ORDER BY generation, seq',
      [callSid],
    );
    return { events: rows.map((row) => ({ ...row, at: row.at.toISOString() })) };
  });
