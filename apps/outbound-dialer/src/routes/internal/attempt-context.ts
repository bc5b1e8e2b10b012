import { getAttemptContext } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { openingTextFor } from '../../campaigns/opening-text';
import { type DialerParts } from '../../parts';
import { findAttemptContext } from '../../store/queries/find-attempt-context';

export const serveAttemptContext = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(getAttemptContext, async ({ params }) => {
    const row = await findAttemptContext(database.dataSource.manager, params.id);
    if (!row) throw new HttpProblem(404, 'There is no such attempt');
    return {
      attemptId: row.id,
      campaignId: row.campaign_id,
      businessId: row.business_id,
      locale: null, // the business's own
      number: row.to_number,
      openingText: row.contact_opening_text ?? openingTextFor(row.opening_line, row.contact_name),
      openingKey: row.contact_opening_key ?? row.opening_key,
      instructions: row.instructions,
    };
  });
