import { createCampaign } from '@frontdesk/contracts';
import { HttpProblem, mayAccessBusiness, type ServiceRouter } from '@frontdesk/http';
import { asCampaign } from '../../../campaigns/campaign-shape';
import { saysSomething } from '../../../campaigns/opening-text';
import { isTimeZone } from '../../../compliance/calling-hours';
import { type DialerParts } from '../../../parts';
import { insertCampaign } from '../../../store/queries/insert-campaign';

export const serveCreateCampaign = (router: ServiceRouter, { database, accountSid }: DialerParts): void =>
  router.handle(createCampaign, async ({ body, caller }) => {
    if (!mayAccessBusiness(caller, body.businessId)) throw new HttpProblem(404, 'There is no such business');
    const errors = [
      ...(isTimeZone(body.timeZone) ? [] : [{ path: 'body.timeZone', message: 'is not a known time zone' }]),
      ...(body.callingHours.from === body.callingHours.to
        ? [{ path: 'body.callingHours', message: 'must not begin and end at the same time' }]
        : []),
      ...(saysSomething(body.openingLine)
        ? []
        : [{ path: 'body.openingLine', message: 'must say something to a person without a name too' }]),
    ];
    if (errors.length > 0) throw new HttpProblem(400, 'The request does not fit', undefined, errors);
    return asCampaign(await insertCampaign(database.dataSource.manager, body, accountSid));
  });
