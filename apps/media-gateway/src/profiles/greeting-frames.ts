import { getFrames, getManyFrames, speakGreeting } from '@frontdesk/contracts';
import { ServiceCallError, type ServiceClient } from '@frontdesk/http';
import { readManyFrames } from './bulk-frames';
import { type FramesStoreOptions } from './frames-store';

/** Bound on each pause of a speech that a caller hears. */
const PAUSE_MS = 3000;

interface Asked {
  readonly resolve: (frames: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Frames from greeting-service. Keys that are asked for in the same moment travel in one request. A service of the previous
 * release knows neither bulk nor live speech: it is asked key by key.
 */
export const greetingFrames = (client: ServiceClient): Pick<FramesStoreOptions, 'fetch' | 'speak'> => {
  let batch: Map<string, Asked[]> | null = null;
  const single = async (key: string, timeoutMs: number): Promise<Buffer | null> => {
    try {
      return await client.bytes(getFrames, { params: { key }, timeoutMs });
    } catch (error) {
      if (isUnknown(error)) return null;
      throw error;
    }
  };
  const many = async (asked: Map<string, Asked[]>, timeoutMs: number): Promise<void> => {
    const settle = (key: string, how: (each: Asked) => void): void => {
      const those = asked.get(key) ?? [];
      asked.delete(key);
      for (const each of those) how(each);
    };
    try {
      const body = await client.stream(getManyFrames, { body: { keys: [...asked.keys()] }, timeoutMs });
      for await (const { key, frames } of readManyFrames(body))
        settle(key, ({ resolve }) => resolve(frames.length > 0 ? frames : null));
      for (const key of [...asked.keys()])
        settle(key, ({ reject }) => reject(new Error('left out of a full answer')));
    } catch (error) {
      for (const key of [...asked.keys()])
        settle(key, ({ resolve, reject }) => {
          if (isUnknown(error)) single(key, timeoutMs).then(resolve, reject);
          else reject(error);
        });
    }
  };
  return {
    fetch: (key, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (!batch) {
          batch = new Map();
          setImmediate(() => {
            const asked = batch!;
            batch = null;
            void many(asked, timeoutMs);
          });
        }
        batch.set(key, [...(batch.get(key) ?? []), { resolve, reject }]);
      }),
    async speak({ key, businessId }, signal) {
      const input = { params: { key }, query: { businessId }, signal, timeoutMs: PAUSE_MS };
      try {
        return await client.stream(speakGreeting, input);
      } catch (error) {
        if (!isUnknown(error)) throw error;
        return only(await client.bytes(getFrames, { params: { key }, signal }));
      }
    },
  };
};

/** A path, or a key, that is not there. */
const isUnknown = (error: unknown): boolean =>
  error instanceof ServiceCallError && (error.status === 404 || error.status === 405);

const only = async function* (frames: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(frames);
};
