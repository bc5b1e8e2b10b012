import { type Contact, getCampaignResults } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { listContactsOf } from '../../../store/queries/list-contacts';

const PAGE = 1000;
const HEADER = 'number,name,outcome,calls,last_call_sid,last_asked_at\r\n';

/** Every contact with what came of it, a page at a time: as long as the client takes them. */
export const serveResults = (router: ServiceRouter, { database }: DialerParts): void =>
  router.stream(getCampaignResults, async ({ params, caller }, response) => {
    const { manager } = database.dataSource;
    await visibleCampaign(manager, params.id, caller);
    response.setHeader('Content-Type', 'text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="campaign-${params.id}.csv"`);
    response.write(HEADER);
    for (let after: string | undefined; ;) {
      const contacts = await listContactsOf(manager, params.id, { after, limit: PAGE });
      if (!(await send(response, contacts.map(rowOf).join('')))) return;
      if (contacts.length < PAGE) break;
      after = contacts.at(-1)!.id;
    }
    response.end();
  });

/** False when the client has gone. */
const send = async (response: ServerResponse, text: string): Promise<boolean> => {
  if (response.destroyed) return false;
  if (text !== '' && !response.write(text))
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
  return !response.destroyed;
};

const rowOf = ({ number, name, outcome, attempts }: Contact): string => {
  const asked = attempts.filter(({ askedAt }) => askedAt !== null);
  const last = asked.at(-1);
  return (
    [number, name, outcome ?? '', asked.length, last?.callSid ?? '', last?.askedAt ?? '']
      .map(cell)
      .join(',') + '\r\n'
  );
};

/** Quoted, and never a formula: spreadsheets would run a name that begins with an equals sign. */
const cell = (value: string | number, column: number): string => {
  const text = String(value);
  const isNumber = column === 0 && /^\+\d+$/.test(text);
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
