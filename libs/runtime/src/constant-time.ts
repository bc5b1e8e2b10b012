import { timingSafeEqual } from 'node:crypto';

/**
 * Whether what somebody presents is the secret, signature or digest expected of them (SE1). How long the comparison takes
 * tells nothing about where the two differ; only a different length is told by it, which is no secret.
 * @param expected ours
 * @param presented theirs, of any length; texts are compared as UTF-8
 */
export const isSameInConstantTime = (expected: string | Buffer, presented: string | Buffer): boolean => {
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(presented)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
};
