import { pacedRequests } from './paced-requests';

const { signal } = new AbortController();

it('sends each request when it is due, not an interval later', async () => {
  const seen = await pacedRequests(() => Promise.resolve(), { perSecond: 5, forMs: 600, signal });
  expect([seen.answered, seen.failed]).toEqual([3, 0]);
  expect(seen.lateness.quantile(0.5)).toBeLessThan(100);
});

it('counts what failed apart', async () => {
  let calls = 0;
  const send = (): Promise<void> => (++calls % 2 === 0 ? Promise.reject(new Error('no')) : Promise.resolve());
  const seen = await pacedRequests(send, { perSecond: 100, forMs: 100, signal });
  expect([seen.answered, seen.failed]).toEqual([5, 5]);
});
