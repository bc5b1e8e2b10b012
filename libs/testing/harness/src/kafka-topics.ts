import { randomBytes } from 'node:crypto';

/**
 * Topic definitions with names of this test file's own, as the broker is shared by the whole run.
 * Services read the registry's names; tests that spawn services use a broker of their own (startConstellation).
 */
export const uniqueTopics = <const K extends string, T extends { name: string }>(
  registry: Record<K, T>,
): Record<K, T & { name: string }> => {
  const suffix = randomBytes(4).toString('hex');
  return Object.fromEntries(
    Object.entries<T>(registry).map(([key, topic]) => [key, { ...topic, name: `${topic.name}.${suffix}` }]),
  ) as Record<K, T & { name: string }>;
};
