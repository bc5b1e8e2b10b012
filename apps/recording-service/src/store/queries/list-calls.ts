import { type CallOutcome } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { searchQuery } from '../../search/search-words';
import { CallRow } from '../entities';

export interface CallFilter {
  /** Businesses the caller may see; null for all. */
  visible: readonly string[] | null;
  businessId?: string | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  /** Part of a number of either side, however it is written. */
  number?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  outcome?: CallOutcome | undefined;
  hasMessage?: boolean | undefined;
  /** Words that were said. */
  text?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

type Query = SelectQueryBuilder<CallRow>;

/** A page of calls, newest first; the cursor stays right while calls are added. */
export const listCalls = async (
  manager: EntityManager,
  filter: CallFilter,
): Promise<{ calls: CallRow[]; nextCursor: string | null }> => {
  const query = manager.createQueryBuilder(CallRow, 'call');
  if (filter.visible) query.andWhere('call.businessId = ANY(:visible::uuid[])', { visible: filter.visible });
  for (const name of ['businessId', 'direction', 'outcome', 'hasMessage'] as const)
    if (filter[name] !== undefined) query.andWhere(`call.${name} = :${name}`, { [name]: filter[name] });
  if (filter.from) query.andWhere('call.startedAt >= :from', { from: filter.from });
  if (filter.to) query.andWhere('call.startedAt < :to', { to: filter.to });
  if (filter.number !== undefined) byNumber(query, filter.number);
  if (filter.text !== undefined) byWords(query, filter.text);
  if (filter.cursor) {
    const [startedAt, callSid] = decodeCursor(filter.cursor);
    query.andWhere('(call.startedAt, call.callSid) < (:startedAt::timestamptz, :callSid)', {
      startedAt,
      callSid,
    });
  }
  const rows = await query
    .addSelect(`to_char(call.startedAt AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`, 'place')
    .orderBy('call.startedAt', 'DESC')
    .addOrderBy('call.callSid', 'DESC')
    .limit(filter.limit + 1)
    .getRawAndEntities<{ place: string }>();
  const calls = rows.entities.slice(0, filter.limit);
  const last = calls.at(-1);
  const place = rows.raw[calls.length - 1]?.place;
  const hasMore = rows.entities.length > filter.limit;
  return { calls, nextCursor: hasMore && last && place ? encodeCursor(place, last.callSid) : null };
};

/**
 * Numbers are kept in E.164 (`+972501234567`), people write `050-123 4567` or `00972…`: digits are compared, without what
 * is dialled before a number at home or abroad. Without a digit it is a name, such as `anonymous` or `client:dana`.
 */
const byNumber = (query: Query, number: string): void => {
  const digits = number.replace(/\D/g, '').replace(/^0{1,2}/, '');
  const sides = ['call.fromNumber', 'call.toNumber'];
  const matches = digits
    ? sides.map((side) => `strpos(regexp_replace(${side}, '\\D', '', 'g'), :digits) > 0`)
    : sides.map((side) => `strpos(lower(${side}), :name) > 0`);
  query.andWhere(`(${matches.join(' OR ')})`, { digits, name: number.trim().toLowerCase() });
};

/** What has no word in it is found nowhere. */
const byWords = (query: Query, text: string): void => {
  const words = searchQuery(text);
  if (words === null) query.andWhere('false');
  else query.andWhere('call.search @@ :words::tsquery', { words });
};

/** The place keeps the database's microseconds: a cursor of milliseconds would skip or repeat calls of the same one. */
const encodeCursor = (place: string, callSid: string): string =>
  Buffer.from(`${place} ${callSid}`).toString('base64url');

const decodeCursor = (cursor: string): [string, string] => {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (CA[0-9a-f]{32})$/i.exec(text);
  if (!match?.[1] || !match[2] || Number.isNaN(Date.parse(match[1])))
    throw new HttpProblem(400, 'The request does not fit', 'the cursor is not one of ours');
  return [match[1], match[2]];
};
