import { listCalls } from '@frontdesk/contracts';
import { type ServiceRouter, visibleBusinesses } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentCall } from '../../present';
import { listCalls as listCallRows } from '../../store/queries/list-calls';
import { ofCalls } from '../../store/queries/of-calls';

export const serveListCalls = (router: ServiceRouter, { database }: Parts): void =>
  router.handle(listCalls, async ({ query, caller }) => {
    const { manager } = database.dataSource;
    const { calls, nextCursor } = await listCallRows(manager, {
      ...query,
      hasMessage: query.hasMessage === undefined ? undefined : query.hasMessage === 'true',
      visible: visibleBusinesses(caller),
    });
    const of = await ofCalls(
      manager,
      calls.map(({ callSid }) => callSid),
    );
    return { calls: calls.map((call) => presentCall(call, of(call.callSid))), nextCursor };
  });
