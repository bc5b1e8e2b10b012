import { type ICustomPartitioner, type PartitionerArgs, Partitioners } from 'kafkajs';
import { LRUCache } from 'lru-cache';

/** Calls and profiles about which something is told at one time, and more. */
const KEYS_REMEMBERED = 10_000;

/**
 * The default partitioner, which is asked once for a key: it hashes with numbers that are objects, and a call tells of
 * itself under one key from its beginning to its end.
 */
export const rememberingPartitioner: ICustomPartitioner = () => {
  const partitionOf = Partitioners.DefaultPartitioner();
  const remembered = new LRUCache<string, number>({ max: KEYS_REMEMBERED });
  return (args: PartitionerArgs): number => {
    const { topic, partitionMetadata, message } = args;
    const { key, partition } = message;
    if (typeof key !== 'string' || typeof partition === 'number') return partitionOf(args);
    const name = `${topic} ${partitionMetadata.length} ${key}`;
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const found = partitionOf(args);
    remembered.set(name, found);
    return found;
  };
};
