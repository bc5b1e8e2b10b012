import { getGreetingStatistics } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';

/** Of all businesses together, so for those who may see all. */
export const serveGreetingStatistics = (router: ServiceRouter, { statistics }: GreetingParts): void =>
  router.handle(getGreetingStatistics, ({ caller }) => {
    if (caller.businessIds !== '*')
      throw new HttpProblem(403, 'Only those who may see all businesses may see this');
    return statistics();
  });
