import { type IHeaders, type KafkaMessage, type Message } from 'kafkajs';
import { type OutboxMessage } from '../port';

/** W3C trace context of the envelope, as a header too, so that tools that know no envelope can follow it. */
const traceparentOf = (value: object): string | undefined => {
  const { traceparent } = value as { traceparent?: unknown };
  return typeof traceparent === 'string' ? traceparent : undefined;
};

export const encodeMessage = ({ key, value, headers }: OutboxMessage): Message => {
  const traceparent = traceparentOf(value);
  return {
    key,
    value: JSON.stringify(value),
    headers: { ...(traceparent ? { traceparent } : {}), ...headers },
  };
};

/** Headers as text; of a repeated one the last counts. */
export const decodeHeaders = (headers: IHeaders | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return [name, last === undefined ? '' : last.toString()];
    }),
  );

/** The JSON of a message, or undefined when it is none. */
export const decodeValue = (message: KafkaMessage): unknown => {
  try {
    return JSON.parse(message.value?.toString() ?? '');
  } catch {
    return undefined;
  }
};
