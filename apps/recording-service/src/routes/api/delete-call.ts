import { deleteCall } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { findCall } from '../../store/queries/find-call';

export const serveDeleteCall = (router: ServiceRouter, { database, eraser }: Parts): void =>
  router.handle(deleteCall, async ({ params, caller }) => {
    const { callSid } = await findCall(database.dataSource.manager, params.sid, caller);
    await eraser.erase(callSid);
  });
