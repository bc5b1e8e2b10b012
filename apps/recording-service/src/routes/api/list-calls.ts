import { listCalls } from '@frontdesk/contracts';
import { type ServiceRouter, visibleBusinesses } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentCall } from '../../present';
import { recordingsOf } from '../../store/queries/find-call';
import { listCalls as listCallRows } from '../../store/queries/list-calls';

export const serveListCalls = (router: ServiceRouter, { database }: Parts): void =>
  router.handle(listCalls, async ({ query, caller }) => {
    const { manager } = database.dataSource;
    const { calls, nextCursor } = await listCallRows(manager, {
      ...query,
      visible: visibleBusinesses(caller),
    });
    const recordings = await recordingsOf(
      manager,
      calls.map(({ callSid }) => callSid),
    );
    return {
      calls: calls.map((call) =>
        presentCall(
          call,
          recordings.filter(({ callSid }) => callSid === call.callSid),
        ),
      ),
      nextCursor,
    };
  });
