import { type Admin, KafkaJSProtocolError } from 'kafkajs';
import { untilLed } from './topics';

type Answer = { leaders: number[] }[] | Error;

const notKnown = (type: string): Error =>
  Object.assign(new KafkaJSProtocolError(new Error(type)), { type, retriable: true });
const policy = { attempts: 5, minMs: 1, maxMs: 1, multiplier: 1 };

/** A broker that answers so, one after the other, and the last for ever. */
const brokerOf = (...answers: Answer[]) => {
  let asked = 0;
  const admin = {
    fetchTopicMetadata: () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]!;
      if (answer instanceof Error) return Promise.reject(answer);
      const topics = answer.map(({ leaders }, index) => ({
        name: `topic-${index}`,
        partitions: leaders.map((leader) => ({ leader })),
      }));
      return Promise.resolve({ topics });
    },
  } as unknown as Pick<Admin, 'fetchTopicMetadata'>;
  return { admin, asked: () => asked };
};

describe('untilLed', () => {
  it('waits for a broker that does not know its new topic yet, and then for the leaders of all partitions', async () => {
    const { admin, asked } = brokerOf(
      notKnown('UNKNOWN_TOPIC_OR_PARTITION'),
      notKnown('LEADER_NOT_AVAILABLE'),
      [{ leaders: [0, -1] }],
      [{ leaders: [0, 0] }],
    );
    await untilLed(admin, ['topic-0'], policy);
    expect(asked()).toBe(4);
  });

  it('gives up in the end, and at once on another error', async () => {
    const never = brokerOf([{ leaders: [] }]);
    await expect(untilLed(never.admin, ['topic-0'], policy)).rejects.toThrow('no leader yet');
    expect(never.asked()).toBe(5);
    const refused = brokerOf(notKnown('TOPIC_AUTHORIZATION_FAILED'));
    await expect(untilLed(refused.admin, ['topic-0'], policy)).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
    expect(refused.asked()).toBe(1);
  });
});
