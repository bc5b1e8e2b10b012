import { connectionOverrides } from './overrides';

describe('connection overrides in a URL fragment', () => {
  it('retries once and only a failed connection when nothing is said', () => {
    const overrides = connectionOverrides('https://a.example/x?rc=9');
    expect(overrides).toMatchObject({ retries: 1, connectTimeoutMs: 5000, readTimeoutMs: 15_000 });
    expect([...overrides.retryOn]).toEqual(['ct']);
  });

  it('honours a retry count, a policy and time-outs', () => {
    const overrides = connectionOverrides('https://a.example/x#rc=3&rp=ct,rt,5xx&rt=700');
    expect(overrides).toMatchObject({ retries: 3, readTimeoutMs: 700 });
    expect([...overrides.retryOn]).toEqual(['5xx', 'ct', 'rt']);
  });

  it('takes the policy "all" as every policy and ignores a count out of range', () => {
    const overrides = connectionOverrides('https://a.example/x#rc=6&rp=all');
    expect(overrides.retries).toBe(1);
    expect(overrides.retryOn.size).toBe(4);
  });
});
