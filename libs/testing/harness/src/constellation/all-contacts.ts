import { type Contact, listContacts } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';

/** Every page of a campaign's contacts, in the order of upload. */
export const allContacts = async (dialer: Pick<ServiceClient, 'call'>, id: string): Promise<Contact[]> => {
  const all: Contact[] = [];
  for (let after: string | undefined; ;) {
    const { contacts, next } = await dialer.call(listContacts, {
      params: { id },
      query: after === undefined ? {} : { after },
      timeoutMs: 60_000,
    });
    all.push(...contacts);
    if (next === null) return all;
    after = next;
  }
};
