import { requestOpenings } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type Database } from '@frontdesk/persistence';
import { type DialerEvents } from '../events';
import { retryOpening, saveOpeningKey, takeOpenings } from '../store/queries/openings';
import {
  type OpeningContact,
  savePersonalOpenings,
  takePersonalOpenings,
} from '../store/queries/personal-openings';
import { type CampaignRow } from '../store/rows';
import { personOf } from './opening-text';

/** What does not exist yet is asked for again. */
const notReadyMs = 1000;
/** Longer than greeting-service takes to answer, and the pause when it does not. */
const retryMs = 6000;
const answerMs = 5000;
/** People of one campaign in one request. */
const peopleAtOnce = 100;

export interface OpeningLinesOptions {
  readonly database: Database;
  readonly greeting: ServiceClient;
  readonly events: DialerEvents;
  readonly accountCallsPerSecond: number;
  readonly openingWaitMs: number;
}

/**
 * Has opening lines synthesized before anyone is called (OU10): one for a campaign, or where the line names the person one
 * for each of those who are next in line, as far ahead as a call may wait for its opening, twice. greeting-service
 * synthesizes at its own bounded rate. When it is away, calls are placed without after that wait: the agent speaks the line.
 */
export class OpeningLines {
  constructor(private readonly options: OpeningLinesOptions) {}

  /** The few of a tick at once: a greeting-service that hangs for one holds up no other campaign. */
  async tick(): Promise<void> {
    const { database, accountCallsPerSecond, openingWaitMs } = this.options;
    const campaigns = await database.transaction((manager) => takeOpenings(manager, retryMs));
    const people = await database.transaction((manager) =>
      takePersonalOpenings(manager, {
        accountCallsPerSecond,
        aheadSeconds: (2 * openingWaitMs) / 1000,
        againMs: retryMs,
        limit: peopleAtOnce,
      }),
    );
    await Promise.all([
      ...campaigns.map((campaign) => this.askForCampaign(campaign)),
      ...byCampaign(people).map((ofCampaign) => this.askForPeople(ofCampaign)),
    ]);
  }

  private async askForCampaign({ id, ...campaign }: CampaignRow): Promise<void> {
    const { database, events } = this.options;
    const { manager } = database.dataSource;
    try {
      const [opening] = await this.ask(campaign, [{}]);
      if (!opening?.ready) return await retryOpening(manager, id, notReadyMs);
      await saveOpeningKey(manager, id, opening.key);
      events.openingReady(id);
    } catch (error) {
      events.openingFailed(id, error);
    }
  }

  private async askForPeople(people: readonly [OpeningContact, ...OpeningContact[]]): Promise<void> {
    const { database, events } = this.options;
    const [campaign] = people;
    try {
      const openings = await this.ask(
        campaign,
        people.map(({ name }) => personOf(name)),
      );
      const answered = openings.map((opening, index) => ({ id: people[index]!.id, ...opening }));
      await savePersonalOpenings(database.dataSource.manager, answered, notReadyMs);
    } catch (error) {
      events.openingFailed(campaign.campaign_id, error);
    }
  }

  private async ask(
    { business_id: businessId, opening_line: template }: Pick<CampaignRow, 'business_id' | 'opening_line'>,
    people: Record<string, string>[],
  ): Promise<{ key: string; text: string; ready: boolean }[]> {
    const body = { businessId, template, people };
    const { openings } = await this.options.greeting.call(requestOpenings, { body, timeoutMs: answerMs });
    return openings;
  }
}

const byCampaign = (people: readonly OpeningContact[]): [OpeningContact, ...OpeningContact[]][] => {
  const groups = new Map<string, [OpeningContact, ...OpeningContact[]]>();
  for (const person of people) {
    const group = groups.get(person.campaign_id);
    if (group) group.push(person);
    else groups.set(person.campaign_id, [person]);
  }
  return [...groups.values()];
};
