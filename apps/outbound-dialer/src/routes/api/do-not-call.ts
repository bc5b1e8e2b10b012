import { addDoNotCall } from '@frontdesk/contracts';
import { HttpProblem, mayAccessBusiness, type ServiceRouter } from '@frontdesk/http';
import { type DialerParts } from '../../parts';
import { addToDoNotCall } from '../../store/queries/add-do-not-call';

/** An entry for all businesses needs a caller who may act for all. */
export const serveAddDoNotCall = (router: ServiceRouter, { database, events }: DialerParts): void =>
  router.handle(addDoNotCall, async ({ body, caller }) => {
    if (!mayAccessBusiness(caller, body.businessId)) throw new HttpProblem(404, 'There is no such business');
    await addToDoNotCall(database.dataSource.manager, body);
    events.optedOut(body.businessId, body.number);
    return { number: body.number };
  });
