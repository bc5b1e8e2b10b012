import { callEventSchema, topics, type CallEvent } from '@frontdesk/contracts';
import { type MessageBus } from '@frontdesk/messaging';
import { type Database, isConnectionError } from '@frontdesk/persistence';
import { projectEvent } from './project-event';

/** Follows `call.events.v1` into the call log. */
export const consumeCallEvents = (
  bus: MessageBus,
  database: Database,
  options: { reconcileAfterMs: number; onCrash: (error: Error) => void },
): Promise<AsyncDisposable> =>
  bus.subscribe<CallEvent>({
    topic: topics.callEvents,
    group: 'recording-service.call-log',
    schema: callEventSchema,
    concurrency: 3,
    isOutage: isConnectionError, // events wait in Kafka while the database is away
    onCrash: options.onCrash,
    async handle({ value }) {
      await database.transaction((manager) => projectEvent(manager, value, options.reconcileAfterMs));
    },
  });
