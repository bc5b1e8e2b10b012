import { type Server } from 'node:http';
import { startSample, withBearer } from './sample-service';

describe('health', () => {
  it('is ready when every check holds', async () => {
    await using sample = await startSample({ readiness: { database: async () => undefined } });
    expect((await fetch(`${sample.url}/readyz`)).status).toBe(200);
  });

  it('names what is missing', async () => {
    await using sample = await startSample({
      readiness: {
        database: () => Promise.reject(new Error('no answer from the database')),
        broker: () => undefined,
        topics: () => {
          throw new Error('call.events.v1 is missing');
        },
      },
    });
    const response = await fetch(`${sample.url}/readyz`);
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toMatch(/problem\+json/);
    expect(await response.json()).toMatchObject({
      errors: [
        { path: 'database', message: 'no answer from the database' },
        { path: 'topics', message: 'call.events.v1 is missing' },
      ],
    });
  });

  it('does not wait for a check that hangs', async () => {
    await using sample = await startSample({ readiness: { slow: () => new Promise(() => undefined) } });
    const response = await fetch(`${sample.url}/readyz`);
    expect(await response.json()).toMatchObject({ detail: 'slow: the check took longer than 1000 ms' });
  });

  it('fails liveness for a crashed part, whatever readiness says', async () => {
    await using sample = await startSample({
      liveness: {
        consumer: () => {
          throw new Error('crashed');
        },
      },
    });
    expect((await fetch(`${sample.url}/healthz`)).status).toBe(503);
    expect((await fetch(`${sample.url}/readyz`)).status).toBe(200);
  });
});

describe('stopping', () => {
  it('finishes the request that runs and accepts no other', async () => {
    const sample = await startSample();
    const running = fetch(`${sample.url}/api/fails?how=hang`, { headers: withBearer() });
    await inFlight(sample.service.server);
    const stopped = sample[Symbol.asyncDispose]();
    await expect(fetch(`${sample.url}/healthz`)).rejects.toThrow();
    sample.release();
    expect((await running).status).toBe(200);
    await stopped;
  });

  it('destroys what does not finish within the bound', async () => {
    const sample = await startSample({ drainMs: 20 });
    const running = fetch(`${sample.url}/api/fails?how=hang`, { headers: withBearer() });
    const outcome = expect(running).rejects.toThrow();
    await inFlight(sample.service.server);
    await sample[Symbol.asyncDispose]();
    await outcome;
  });

  it('is the same stop when asked twice', async () => {
    const sample = await startSample();
    await Promise.all([sample[Symbol.asyncDispose](), sample[Symbol.asyncDispose]()]);
  });
});

/** The server has begun to handle a request. */
const inFlight = (server: Server): Promise<unknown> =>
  new Promise((resolve) => server.once('request', resolve));
