import { getCall } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentCall } from '../../present';
import { findCall } from '../../store/queries/find-call';
import { ofCalls } from '../../store/queries/of-calls';

export const serveGetCall = (router: ServiceRouter, { database }: Parts): void =>
  router.handle(getCall, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    const call = await findCall(manager, params.sid, caller);
    const of = await ofCalls(manager, [call.callSid]);
    return presentCall(call, of(call.callSid));
  });
