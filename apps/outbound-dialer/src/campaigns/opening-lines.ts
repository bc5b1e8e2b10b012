import { createPhrase } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';
import { type DialerEvents } from '../events';
import { saveOpeningKey, takeOpenings } from '../store/queries/openings';
import { type CampaignRow } from '../store/rows';

const retryMs = 5000;
const synthesisMs = 20_000;

/** Has the opening lines of started campaigns synthesized before anyone is called (OU10). */
export class OpeningLines {
  constructor(
    private readonly options: { database: Database; greeting: ServiceClient; events: DialerEvents },
  ) {}

  /** The few of a tick at once: a line that takes long, or a greeting-service that hangs, holds up no other campaign. */
  async tick(): Promise<void> {
    const { database } = this.options;
    const campaigns = await database.transaction((manager) => takeOpenings(manager, retryMs + synthesisMs));
    await Promise.all(campaigns.map((campaign) => this.synthesize(campaign)));
  }

  private async synthesize(campaign: CampaignRow): Promise<void> {
    const { database, greeting, events } = this.options;
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
