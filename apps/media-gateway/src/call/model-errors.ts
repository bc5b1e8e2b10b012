import { type RealtimeEvent, type RealtimeProblem } from '@frontdesk/speech';
import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';

/** Commands that lost a race: the conversation goes on as if they had not been sent. */
const absorbed: ReadonlySet<RealtimeProblem> = new Set<RealtimeProblem>([
  'nothing-to-cancel',
  'response-active',
  'cut-refused',
]);

/** Lost races are counted; every other error of the model also belongs to the call's story. */
export const tellModelError = (
  { problem, code, recoverable }: Extract<RealtimeEvent, { kind: 'error' }>,
  events: GatewayEvents,
  publisher: CallEventPublisher,
): void => {
  if (absorbed.has(problem)) return events.modelErrorAbsorbed(problem, code);
  events.modelError(problem, code, recoverable);
  publisher.publish('call.model-error', { code, recoverable });
};
