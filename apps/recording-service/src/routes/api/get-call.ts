import { getCall } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentCall } from '../../present';
import { findCall, recordingsOf } from '../../store/queries/find-call';

export const serveGetCall = (router: ServiceRouter, { database }: Parts): void =>
  router.handle(getCall, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    const call = await findCall(manager, params.sid, caller);
    return presentCall(call, await recordingsOf(manager, [call.callSid]));
  });
