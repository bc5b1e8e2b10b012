import { type Admin, KafkaJSProtocolError } from 'kafkajs';
import { topicOffsets, untilLed } from './leaders';

type Answer = { leaders: number[] }[] | Error;

const passing = (type: string): Error =>
  Object.assign(new KafkaJSProtocolError(new Error(type)), { type, retriable: true });
const lasting = (type: string): Error =>
  Object.assign(new KafkaJSProtocolError(new Error(type)), { type, retriable: false });
const policy = { attempts: 5, minMs: 1, maxMs: 1, multiplier: 1 };
const offsets = [{ partition: 0, offset: '0', high: '0', low: '0' }];

/** Gives its answers one after the other, and the last for ever. */
const scripted = <T>(answers: readonly (T | Error)[]) => {
  let asked = 0;
  const ask = (): Promise<T> => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { ask, asked: () => asked };
};

const brokerOf = (metadata: Answer[], listed: (typeof offsets | Error)[] = [offsets]) => {
  const named = scripted(metadata);
  const led = scripted(listed);
  const admin = {
    fetchTopicMetadata: async () => {
      const topics = (await named.ask()).map(({ leaders }, index) => ({
        name: `topic-${index}`,
        partitions: leaders.map((leader) => ({ leader })),
      }));
      return { topics };
    },
    fetchTopicOffsets: led.ask,
  } as unknown as Pick<Admin, 'fetchTopicMetadata' | 'fetchTopicOffsets'>;
  return { admin, metadataAsked: named.asked, offsetsAsked: led.asked };
};

describe('untilLed', () => {
  it('waits for a broker that does not know its new topic yet, and then for the leaders of all partitions', async () => {
    const { admin, metadataAsked } = brokerOf([
      passing('UNKNOWN_TOPIC_OR_PARTITION'),
      passing('LEADER_NOT_AVAILABLE'),
      [{ leaders: [0, -1] }],
      [{ leaders: [0, 0] }],
    ]);
    await untilLed(admin, ['topic-0'], policy);
    expect(metadataAsked()).toBe(4);
  });

  it('waits until a broker that is named as leader of a topic says so itself', async () => {
    const { admin, offsetsAsked } = brokerOf(
      [[{ leaders: [0] }, { leaders: [0] }]],
      [passing('NOT_LEADER_FOR_PARTITION'), offsets, passing('NOT_LEADER_FOR_PARTITION'), offsets],
    );
    await untilLed(admin, ['topic-0', 'topic-1'], policy);
    expect(offsetsAsked()).toBe(4);
  });

  it('gives up in the end, and at once on another error', async () => {
    const never = brokerOf([[{ leaders: [] }]]);
    await expect(untilLed(never.admin, ['topic-0'], policy)).rejects.toThrow('no leader yet');
    expect(never.metadataAsked()).toBe(5);
    const refused = brokerOf([lasting('TOPIC_AUTHORIZATION_FAILED')]);
    await expect(untilLed(refused.admin, ['topic-0'], policy)).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
    expect(refused.metadataAsked()).toBe(1);
  });
});

describe('topicOffsets', () => {
  it('asks again while the leaders move, and gives up in the end', async () => {
    const moving = brokerOf([], [passing('NOT_LEADER_FOR_PARTITION'), offsets]);
    expect(await topicOffsets(moving.admin, 'topic-0', policy)).toEqual(offsets);
    const gone = brokerOf([], [passing('NOT_LEADER_FOR_PARTITION')]);
    await expect(topicOffsets(gone.admin, 'topic-0', policy)).rejects.toThrow('NOT_LEADER_FOR_PARTITION');
    expect(gone.offsetsAsked()).toBe(5);
  });
});
