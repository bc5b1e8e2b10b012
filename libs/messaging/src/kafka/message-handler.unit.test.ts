import { silentLogger } from '@frontdesk/observability';
import { topics } from '@frontdesk/contracts';
import { type KafkaMessage } from 'kafkajs';
import { z } from 'zod';
import { type IncomingMessage, type OutboxMessage, type Subscription } from '../port';
import { failureHeaders } from './dead-letter';
import { MessageHandler } from './message-handler';

const message = (value: string): KafkaMessage => ({
  key: Buffer.from('CA1'),
  value: Buffer.from(value),
  headers: { traceparent: Buffer.from('00-aa-bb-01') },
  offset: '41',
  timestamp: '0',
  attributes: 0,
});
const make = (
  handle: (message: IncomingMessage<{ n: number }>) => Promise<void>,
  more: Pick<Subscription, 'isOutage' | 'isPermanent'> = {},
) => {
  const published: OutboxMessage[] = [];
  const handler = new MessageHandler({
    subscription: {
      topic: topics.callEvents,
      group: 'g',
      schema: z.object({ n: z.number() }),
      handle,
      retry: { attempts: 3, minMs: 1, maxMs: 1, multiplier: 1 },
      ...more,
    },
    publish: (messages) => {
      published.push(...messages);
      return Promise.resolve();
    },
    logger: silentLogger,
    metrics: undefined,
  });
  return { handler, published };
};
const context = (signal = new AbortController().signal) => ({ heartbeat: () => Promise.resolve(), signal });

it('hands over the parsed value with key, headers and place', async () => {
  const seen: unknown[] = [];
  const { handler } = make((incoming) => Promise.resolve(void seen.push(incoming)));
  await handler.process(message('{"n":1}'), 2, context());
  expect(seen).toEqual([
    {
      value: { n: 1 },
      key: 'CA1',
      headers: { traceparent: '00-aa-bb-01' },
      attempt: 1,
      partition: 2,
      offset: '41',
    },
  ]);
});

it('tries again and is content with a later success', async () => {
  const attempts: number[] = [];
  const { handler, published } = make(({ attempt }) => {
    attempts.push(attempt);
    return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
  });
  await handler.process(message('{"n":1}'), 0, context());
  expect(attempts).toEqual([1, 2, 3]);
  expect(published).toEqual([]);
});

it('sends a message that fails each time to the dead-letter topic with the failure in its headers', async () => {
  const { handler, published } = make(() => Promise.reject(new Error('no such call')));
  await handler.process(message('{"n":1}'), 2, context());
  expect(published).toMatchObject([
    {
      topic: 'call.events.v1.dlq',
      key: 'CA1',
      value: { n: 1 },
      headers: {
        traceparent: '00-aa-bb-01',
        [failureHeaders.reason]: 'no such call',
        [failureHeaders.attempts]: '3',
        [failureHeaders.topic]: 'call.events.v1',
        [failureHeaders.partition]: '2',
        [failureHeaders.offset]: '41',
      },
    },
  ]);
});

it.each(['{"n":"one"}', 'not json'])('does not try %s, which can never be handled', async (value) => {
  const handle = jest.fn();
  const { handler, published } = make(handle);
  await handler.process(message(value), 0, context());
  expect(handle).not.toHaveBeenCalled();
  expect(published[0]?.headers?.[failureHeaders.reason]).toContain('not what call.events.v1 carries');
});

it('leaves a message undecided when it is told to stop between two tries', async () => {
  const stopping = new AbortController();
  const { handler, published } = make(() => {
    stopping.abort();
    return Promise.reject(new Error('not yet'));
  });
  await expect(handler.process(message('{"n":1}'), 0, context(stopping.signal))).rejects.toThrow('not yet');
  expect(published).toEqual([]);
});

it('keeps a message in its place while what the handler needs is away, and counts no try for it', async () => {
  const away = new Error('connection refused');
  const attempts: number[] = [];
  const { handler, published } = make(
    ({ attempt }) => {
      attempts.push(attempt);
      return attempts.length <= 20 ? Promise.reject(away) : Promise.resolve();
    },
    { isOutage: (error) => error === away },
  );
  await handler.process(message('{"n":1}'), 0, context());
  expect(attempts).toEqual(Array(21).fill(1));
  expect(published).toEqual([]);
});

it('gives up at once what no other try can help', async () => {
  const broke = new Error('nothing left to pay with');
  const attempts: number[] = [];
  const { handler, published } = make(
    ({ attempt }) => {
      attempts.push(attempt);
      return Promise.reject(broke);
    },
    { isPermanent: (error) => error === broke },
  );
  await handler.process(message('{"n":1}'), 0, context());
  expect(attempts).toEqual([1]);
  expect(published[0]?.headers).toMatchObject({
    [failureHeaders.reason]: 'nothing left to pay with',
    [failureHeaders.attempts]: '1',
  });
});
