import { type PartitionLog } from '../log/partition-log';
import { type TopicStore } from '../log/topic-store';
import { type FetchRequest, type FetchResponse } from '../protocol/apis/fetch';
import { ErrorCode } from '../protocol/error-codes';

/** A response never holds more than this, whatever a client asks for (fetch.max.bytes of Kafka's broker). */
const maxResponseBytes = 55 * 1024 * 1024;

/** Answers when there is enough to read, something is wrong, the wait is over or the client is gone. */
export const handleFetch = async (
  topics: TopicStore,
  request: FetchRequest,
  signal: AbortSignal,
): Promise<FetchResponse> => {
  if (!hasEnough(topics, request)) await waitForAppend(topics, request, signal);
  return read(topics, request);
};

const errorOf = (log: PartitionLog | undefined, fetchOffset: number): ErrorCode => {
  if (!log) return ErrorCode.unknownTopicOrPartition;
  const isInLog = fetchOffset >= log.startOffset && fetchOffset <= log.highWatermark;
  return isInLog ? ErrorCode.none : ErrorCode.offsetOutOfRange;
};

/** Messages are small, so that one new message is taken for `minBytes`; clients here ask for 1 byte. */
const hasEnough = (topics: TopicStore, { topics: asked, minBytes }: FetchRequest): boolean =>
  minBytes <= 0 ||
  asked.some(({ name, partitions }) =>
    partitions.some(({ index, fetchOffset }) => {
      const log = topics.partition(name, index);
      return errorOf(log, fetchOffset) !== ErrorCode.none || log!.highWatermark > fetchOffset;
    }),
  );

const waitForAppend = (topics: TopicStore, request: FetchRequest, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const finish = (): void => {
      for (const stop of stops) stop();
      resolve();
    };
    const check = (): void => {
      if (hasEnough(topics, request)) finish();
    };
    for (const { name, partitions } of request.topics)
      for (const { index } of partitions) {
        const stop = topics.partition(name, index)?.onAppend(check);
        if (stop) stops.push(stop);
      }
    const timer = setTimeout(finish, request.maxWaitMs);
    stops.push(() => clearTimeout(timer));
    signal.addEventListener('abort', finish, { once: true });
    stops.push(() => signal.removeEventListener('abort', finish));
    if (signal.aborted) finish();
  });

const read = (topics: TopicStore, request: FetchRequest): FetchResponse => {
  let remainingBytes = Math.min(request.maxBytes, maxResponseBytes);
  let isFirst = true;
  const readPartition = (name: string, index: number, fetchOffset: number, maxBytes: number) => {
    const log = topics.partition(name, index);
    const errorCode = errorOf(log, fetchOffset);
    const canRead = log && errorCode === ErrorCode.none;
    // At least one batch comes with each response, or a batch larger than the limits would never be read.
    const records = canRead
      ? log.read(fetchOffset, Math.min(maxBytes, remainingBytes), isFirst)
      : Buffer.alloc(0);
    if (records.length > 0) isFirst = false;
    remainingBytes = Math.max(0, remainingBytes - records.length);
    const highWatermark = log?.highWatermark ?? -1;
    return { index, errorCode, highWatermark, logStartOffset: log?.startOffset ?? -1, records };
  };
  return {
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, fetchOffset, maxBytes }) =>
        readPartition(name, index, fetchOffset, maxBytes),
      ),
    })),
  };
};
