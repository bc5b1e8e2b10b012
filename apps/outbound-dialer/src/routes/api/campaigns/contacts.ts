import { addContacts, type ContactsAdded, listContacts } from '@frontdesk/contracts';
import { type EndpointRequest, HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type EntityManager } from 'typeorm';
import { contactsFromCsv, type WrittenContact } from '../../../campaigns/contacts-csv';
import { uploadContacts } from '../../../campaigns/upload-contacts';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { listContactsOf } from '../../../store/queries/list-contacts';
import { tryLockUploads } from '../../../store/queries/lock-uploads';
import { findUpload, saveUpload } from '../../../store/queries/uploads';

const CSV = 'text/csv';
type Request = EndpointRequest<typeof addContacts>['express'];

const MIB = 1024 * 1024;
/** A hundred thousand contacts with long names, in either form. */
const MAX_UPLOAD_BYTES = 30 * MIB;
/** Each holds a connection of the database while its client sends. */
const MAX_UPLOADS = 3;
const UPLOAD_MS = 120_000;
const MAX_KEY_LENGTH = 200;

/** All or nothing, unless the caller asks to skip what is wrong. A repeated key answers what the first upload answered. */
export const serveAddContacts = (router: ServiceRouter, { database, numberCountry }: DialerParts): void => {
  let uploads = 0;
  router.handle(
    addContacts,
    async ({ params, query, body, caller, express }) => {
      await visibleCampaign(database.dataSource.manager, params.id, caller);
      const key = keyOf(express);
      if (uploads >= MAX_UPLOADS)
        throw new HttpProblem(503, 'Too many uploads at once', 'try again in a moment');
      uploads += 1;
      try {
        return await database.transaction(async (manager) => {
          if (!(await tryLockUploads(manager, params.id)))
            throw new HttpProblem(503, 'An upload to this campaign is under way', 'try again in a moment');
          const earlier = key === null ? undefined : await findUpload(manager, params.id, key);
          if (earlier) return earlier;
          const campaign = await visibleCampaign(manager, params.id, caller);
          if (campaign.state === 'cancelled' || campaign.state === 'finished')
            throw new HttpProblem(409, `The campaign is ${campaign.state}`, 'it takes no more contacts');
          const contacts = express.is(CSV) ? contactsFromCsv(bytesOf(express)) : body.contacts;
          return await store(manager, contacts, key, { campaign, numberCountry, ...query });
        });
      } finally {
        uploads -= 1;
        express.resume(); // what was not read
      }
    },
    { maxBodyBytes: MAX_UPLOAD_BYTES, streamed: [CSV] },
  );
};

const store = async (
  manager: EntityManager,
  contacts: AsyncIterable<WrittenContact> | Iterable<WrittenContact>,
  key: string | null,
  options: Parameters<typeof uploadContacts>[2],
): Promise<ContactsAdded> => {
  const answer = await uploadContacts(manager, contacts, options);
  if (key !== null) await saveUpload(manager, options.campaign.id, key, answer);
  return answer;
};

const keyOf = (request: Request): string | null => {
  const key = request.get('idempotency-key') ?? null;
  if (key !== null && (key.length === 0 || key.length > MAX_KEY_LENGTH))
    throw new HttpProblem(
      400,
      'The request does not fit',
      `Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters`,
    );
  return key;
};

/** The body as it comes, within its bounds of size and time. */
async function* bytesOf(request: Request): AsyncGenerator<Buffer> {
  const until = Date.now() + UPLOAD_MS;
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_UPLOAD_BYTES)
      throw new HttpProblem(413, 'The upload is too large', `at most ${MAX_UPLOAD_BYTES / MIB} MiB`);
    if (Date.now() > until) throw new HttpProblem(408, 'The upload took too long');
    yield chunk;
  }
}

export const serveListContacts = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(listContacts, async ({ params, query, caller }) => {
    const { manager } = database.dataSource;
    await visibleCampaign(manager, params.id, caller);
    const contacts = await listContactsOf(manager, params.id, query);
    const isFull = contacts.length === query.limit;
    return { contacts, next: isFull ? (contacts.at(-1)?.id ?? null) : null };
  });
