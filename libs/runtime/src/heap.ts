import { setFlagsFromString } from 'node:v8';

/**
 * For services whose answers must not wait for a collection; called once, before anything is served. Left alone V8 collects
 * a heap of a few dozen megabytes as a whole as often as it can without spending more than 3 % of the time on it:
 * media-gateway at 300 calls, or greeting-service at 1,000 requests a second, once a second, 10 to 30 ms in which nothing
 * else is done, and as much again on other threads.
 * @param growthPercent by how much of what lives in it the heap may grow, in percent, before all of it is collected
 */
export const growHeapInLargerSteps = (growthPercent: number): void =>
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
