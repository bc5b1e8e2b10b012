import { type PartitionerArgs, type PartitionMetadata, Partitioners } from 'kafkajs';
import { rememberingPartitioner } from './remembering-partitioner';

const metadata = (partitions: number): PartitionMetadata[] =>
  Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
const asked = (key: string | null, partitions: number, topic = 't'): PartitionerArgs => ({
  topic,
  partitionMetadata: metadata(partitions),
  message: { key, value: null },
});

describe('rememberingPartitioner', () => {
  it('gives what the default partitioner gives, at first and again, also when partitions were added', () => {
    const usual = Partitioners.DefaultPartitioner();
    const remembering = rememberingPartitioner();
    for (let round = 0; round < 2; round++)
      for (const partitions of [1, 6, 12])
        for (let call = 0; call < 200; call++) {
          const args = asked(`CA${call}`, partitions);
          expect(remembering(args)).toBe(usual(args));
        }
  });

  it('spreads messages without a key', () => {
    const remembering = rememberingPartitioner();
    const seen = new Set(Array.from({ length: 60 }, () => remembering(asked(null, 6))));
    expect(seen.size).toBe(6);
  });

  it('leaves a partition that was asked for', () => {
    const remembering = rememberingPartitioner();
    const args = asked('CA1', 6);
    expect(remembering({ ...args, message: { ...args.message, partition: 5 } })).toBe(5);
    expect(remembering(args)).toBe(Partitioners.DefaultPartitioner()(args));
  });
});
