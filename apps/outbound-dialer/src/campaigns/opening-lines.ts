import { createPhrase } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';
import { type DialerEvents } from '../events';
import { saveOpeningKey, takeOpenings } from '../store/queries/openings';

const retryMs = 5000;
const synthesisMs = 20_000;

/** Has the opening lines of started campaigns synthesized before anyone is called (OU10). */
export class OpeningLines {
  constructor(
    private readonly options: { database: Database; greeting: ServiceClient; events: DialerEvents },
  ) {}

  async tick(): Promise<void> {
    const { database, greeting, events } = this.options;
    const campaigns = await database.transaction((manager) => takeOpenings(manager, retryMs + synthesisMs));
    for (const campaign of campaigns) {
      try {
        const { key } = await greeting.call(createPhrase, {
          body: { businessId: campaign.business_id, text: campaign.opening_line, pool: 'campaign' },
          timeoutMs: synthesisMs,
        });
        await saveOpeningKey(database.dataSource.manager, campaign.id, key);
        events.openingReady(campaign.id);
      } catch (error) {
        events.openingFailed(campaign.id, error);
      }
    }
  }
}
