import { type ServiceTokenClaims } from '@frontdesk/contracts';
import { HttpProblem, mayAccessBusiness } from '@frontdesk/http';
import { type EntityManager } from 'typeorm';
import { CallRow, RecordingRow } from '../entities';

/** A call that the caller may see; 404 for any other, so that nobody learns which calls there are. */
export const findCall = async (
  manager: EntityManager,
  callSid: string,
  caller: ServiceTokenClaims,
): Promise<CallRow> => {
  const call = await manager.findOneBy(CallRow, { callSid });
  if (!call || !mayAccessBusiness(caller, call.businessId))
    throw new HttpProblem(404, 'There is no such call');
  return call;
};

/** After every real time; Infinity minus itself would be no number. */
const UNKNOWN_LAST = 8.64e15;
const order: Record<RecordingRow['kind'], number> = { conversation: 0, message: 1, transfer: 2 };

/** Recordings of calls, the one that `recording_url` names first. */
export const recordingsOf = async (manager: EntityManager, callSids: string[]): Promise<RecordingRow[]> => {
  if (callSids.length === 0) return [];
  const rows = await manager
    .createQueryBuilder(RecordingRow, 'recording')
    .where('recording.callSid IN (:...callSids)', { callSids })
    .getMany();
  const isGone = ({ status }: RecordingRow): number => Number(status === 'absent' || status === 'deleted');
  const isUntold = ({ url }: RecordingRow): number => Number(url === null);
  return rows.sort(
    (a, b) =>
      isGone(a) - isGone(b) ||
      isUntold(a) - isUntold(b) ||
      order[a.kind] - order[b.kind] ||
      (a.startedAt?.getTime() ?? UNKNOWN_LAST) - (b.startedAt?.getTime() ?? UNKNOWN_LAST) ||
      a.recordingSid.localeCompare(b.recordingSid),
  );
};
