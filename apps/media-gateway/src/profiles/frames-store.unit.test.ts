import { Metrics, silentLogger } from '@frontdesk/observability';
import { GatewayEvents } from '../events';
import { FramesStore } from './frames-store';

const events = new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false }));

describe('FramesStore', () => {
  it('lets a call wait no longer than its own bound for frames that are being fetched ahead', async () => {
    let answer: (frames: Buffer) => void = () => undefined;
    const fetch = (): Promise<Buffer> => new Promise((resolve) => (answer = resolve));
    await using store = new FramesStore({ fetch, events });
    store.prefetch(['key']);
    expect(await store.load('key', 10)).toBeNull();
    answer(Buffer.alloc(320));
    expect(await store.load('key', 10_000)).toHaveLength(320);
  });
});
