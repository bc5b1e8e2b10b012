import { type MessageBus } from '@frontdesk/messaging';
import { LateBus } from './late-bus';

describe('LateBus', () => {
  it('subscribes again when the first try fails, on the same connection', async () => {
    const calls: string[] = [];
    const bus = { [Symbol.asyncDispose]: () => Promise.resolve() } as unknown as MessageBus;
    await new Promise<void>((resolve, reject) => {
      const late = new LateBus(
        () => {
          calls.push('connect');
          return Promise.resolve(bus);
        },
        () => {
          if (calls.push('subscribe') === 2) return Promise.reject(new Error('no leader'));
          late[Symbol.asyncDispose]().then(resolve, reject);
          return Promise.resolve();
        },
        (error) => calls.push((error as Error).message),
      );
    });
    expect(calls).toEqual(['connect', 'subscribe', 'no leader', 'subscribe']);
  });
});
