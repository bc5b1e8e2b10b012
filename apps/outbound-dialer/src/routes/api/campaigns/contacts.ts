import { addContacts, listContacts } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { checkContacts, type ContactRowError } from '../../../campaigns/check-contacts';
import { contactsFromCsv } from '../../../campaigns/contacts-csv';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { insertContacts, knownNumbers } from '../../../store/queries/insert-contacts';
import { listContactsOf } from '../../../store/queries/list-contacts';
import { lockUploads } from '../../../store/queries/lock-uploads';

const MIB = 1024 * 1024;
/** A hundred thousand contacts with long names. */
const maxUploadBytes = 30 * MIB;

/** All or nothing, unless the caller asks to skip what is wrong. */
export const serveAddContacts = (router: ServiceRouter, { database, numberCountry }: DialerParts): void =>
  router.handle(
    addContacts,
    async ({ params, query, body, caller }) => {
      await visibleCampaign(database.dataSource.manager, params.id, caller);
      const { accepted, rejected } = checkContacts(body.contacts, numberCountry);
      return database.transaction(async (manager) => {
        await lockUploads(manager, params.id);
        const campaign = await visibleCampaign(manager, params.id, caller);
        if (campaign.state === 'cancelled' || campaign.state === 'finished')
          throw new HttpProblem(409, `The campaign is ${campaign.state}`, 'it takes no more contacts');
        const numbers = accepted.map(({ number }) => number);
        const known = await knownNumbers(manager, params.id, numbers);
        const fresh = accepted.filter(({ number }) => !known.has(number));
        const repeated = accepted
          .filter(({ number }) => known.has(number))
          .map(({ row, number }) => ({ row, number, reason: 'is in the campaign already' }));
        const wrong = [...rejected, ...repeated].sort((a, b) => a.row - b.row);
        if (wrong.length > 0 && !query.skipInvalid) throw refusal(wrong);
        await insertContacts(manager, campaign, fresh);
        return { added: fresh.length, rejected: wrong };
      });
    },
    { maxBodyBytes: maxUploadBytes, alsoAccepts: { 'text/csv': contactsFromCsv } },
  );

const refusal = (rejected: ContactRowError[]): HttpProblem =>
  new HttpProblem(
    422,
    'Nothing was stored: some rows are wrong',
    `${rejected.length} rows; repeat with skipInvalid=true to store the others`,
    rejected.map(({ row, number, reason }) => ({
      path: `row ${row}`,
      message: `${number} ${reason}`.trim(),
    })),
    { added: 0, rejected },
  );

export const serveListContacts = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(listContacts, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    await visibleCampaign(manager, params.id, caller);
    return { contacts: await listContactsOf(manager, params.id) };
  });
