import { type Logger } from '@frontdesk/observability';
import { logLevel, type LogEntry, type logCreator } from 'kafkajs';
import { events } from '../events';

/** What kafkajs calls an error though it is part of a normal life: it tries again by itself. */
const harmless = [
  /rebalanc/i,
  /InitProducerId|INIT_PRODUCER_ID/,
  /GroupCoordinator\(key: 10|GROUP_COORDINATOR_NOT_AVAILABLE|coordinator (loading|is not available)/i,
  /JoinGroup\(key: 11/, // a new member is told its id first
  /OffsetCommit\(key: 8|SyncGroup\(key: 14|Heartbeat\(key: 12/,
  /not aware of this member/i,
  /already exists/i, // createTopics asks first, but another may be faster
  /Limiting retries for the idempotent producer/, // a producer is thrown away when its retries end
];
/** The same line is written once in this time: a broker that is away makes dozens a second. */
const repeatAfterMs = 10_000;
const maxRemembered = 200;

/** Maps kafkajs's log into ours: its ERROR is an attempt that failed, a real failure reaches the caller as an exception. */
export const logCreatorFor = (logger: Logger): logCreator => {
  const lastWritten = new Map<string, number>();
  const isRepeat = (line: string): boolean => {
    const now = Date.now();
    if (now - (lastWritten.get(line) ?? -Infinity) < repeatAfterMs) return true;
    if (lastWritten.size >= maxRemembered) lastWritten.clear();
    lastWritten.set(line, now);
    return false;
  };
  return () =>
    ({ level, log, namespace }: LogEntry) => {
      const { message, error, broker, groupId } = log as { message: string } & Record<string, unknown>;
      const text = `${message} ${String(error ?? '')}`;
      const isLoud = level <= logLevel.WARN && !harmless.some((pattern) => pattern.test(text));
      if (!isLoud && !logger.isDebugEnabled()) return;
      if (isLoud && isRepeat(`${namespace} ${message}`)) return;
      logger[isLoud ? 'warn' : 'debug'](events.clientMessage, {
        part: namespace,
        message,
        reason: error,
        broker,
        groupId,
      });
    };
};
