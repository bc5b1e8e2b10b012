import { getCallContext, listCallTurns, type Turn } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentTurn } from '../../present';
import { TurnRow } from '../../store/entities';
import { findCall } from '../../store/queries/find-call';

/** The same turns for people and, while the call lasts, for a gateway that takes it over. */
export const serveTurns = (router: ServiceRouter, { database }: Parts): void => {
  const turnsOf = async (callSid: string): Promise<{ turns: Turn[] }> => {
    const order = { generation: 'ASC', seq: 'ASC' } as const;
    const rows = await database.dataSource.manager.find(TurnRow, { where: { callSid }, order });
    return { turns: rows.map(presentTurn) };
  };
  router.handle(listCallTurns, async ({ params, caller }) => {
    const { callSid } = await findCall(database.dataSource.manager, params.sid, caller);
    return turnsOf(callSid);
  });
  // A call whose first event has not arrived yet has no turns: resuming goes on without memory.
  router.handle(getCallContext, ({ params: { sid } }) => turnsOf(sid));
};
