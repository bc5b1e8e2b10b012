import { HttpProblem } from '@frontdesk/http';
import { type EntityManager } from 'typeorm';
import { CallRow } from '../entities';

export interface CallFilter {
  /** Businesses the caller may see; null for all. */
  visible: readonly string[] | null;
  businessId?: string | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  /** Part of a number of either side. */
  number?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of calls, newest first; the cursor stays right while calls are added. */
export const listCalls = async (
  manager: EntityManager,
  filter: CallFilter,
): Promise<{ calls: CallRow[]; nextCursor: string | null }> => {
  const query = manager.createQueryBuilder(CallRow, 'call');
  if (filter.visible) query.andWhere('call.businessId = ANY(:visible::uuid[])', { visible: filter.visible });
  if (filter.businessId) query.andWhere('call.businessId = :businessId', { businessId: filter.businessId });
  if (filter.direction) query.andWhere('call.direction = :direction', { direction: filter.direction });
  if (filter.number) {
    const digits = filter.number.replace(/\D/g, '');
    query.andWhere('(strpos(call.fromNumber, :digits) > 0 OR strpos(call.toNumber, :digits) > 0)', {
      digits,
    });
  }
  if (filter.cursor) {
    const [startedAt, callSid] = decodeCursor(filter.cursor);
    query.andWhere('(call.startedAt, call.callSid) < (:startedAt::timestamptz, :callSid)', {
      startedAt,
      callSid,
    });
  }
  const rows = await query
    .orderBy('call.startedAt', 'DESC')
    .addOrderBy('call.callSid', 'DESC')
    .limit(filter.limit + 1)
    .getMany();
  const calls = rows.slice(0, filter.limit);
  const last = calls.at(-1);
  return { calls, nextCursor: rows.length > filter.limit && last ? encodeCursor(last) : null };
};

const encodeCursor = ({ startedAt, callSid }: CallRow): string =>
  Buffer.from(`${startedAt.toISOString()} ${callSid}`).toString('base64url');

const decodeCursor = (cursor: string): [string, string] => {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (CA[0-9a-f]{32})$/i.exec(text);
  if (!match?.[1] || !match[2] || Number.isNaN(Date.parse(match[1])))
    throw new HttpProblem(400, 'The request does not fit', 'the cursor is not one of ours');
  return [match[1], match[2]];
};
