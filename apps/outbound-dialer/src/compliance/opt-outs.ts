import { type CallEvent } from '@frontdesk/contracts';
import { type Database } from '@frontdesk/persistence';
import { type DialerEvents } from '../events';
import { addToDoNotCall } from '../store/queries/add-do-not-call';

/** An opt-out that somebody spoke or keyed in a call puts the number on the list of that business (OU4). */
export const noteOptOut = async (
  database: Database,
  events: DialerEvents,
  event: CallEvent,
): Promise<void> => {
  if (event.type !== 'call.opted-out') return;
  const { number, how } = event.data;
  await addToDoNotCall(database.dataSource.manager, {
    businessId: event.businessId,
    number,
    reason: `${how} in call ${event.data.callSid}`,
  });
  events.optedOut(event.businessId, number);
};
