import { silentLogger, type Logger } from '@frontdesk/observability';
import { readConfig, settingRows } from '@frontdesk/runtime';
import { type HttpService, serviceSettings, serviceUrl, startService, type ServiceParts } from '../src/index';
import { SECRETS, sampleOptions } from './sample-service';

const config = { ...sampleOptions(), trustProxy: 0, internalApiTokens: SECRETS, logLevel: 'info' as const };

/** An assembly that notes what is released, in which order. */
const assembly = (released: string[], end: (parts: ServiceParts) => Promise<HttpService>) => {
  return (parts: ServiceParts): Promise<HttpService> => {
    parts.held.defer('first', () => released.push('first'));
    parts.held.defer('second', () => released.push('second'));
    return end(parts);
  };
};

describe('a service', () => {
  it('listens by its settings, and releases what it holds in reverse order when it is disposed', async () => {
    const released: string[] = [];
    const { readiness, webhookGuard, openapi, routes } = sampleOptions();
    const service = await startService(
      'recording-service',
      config,
      assembly(released, ({ listen, client }) => {
        client('greeting-service', 'http://127.0.0.1:9');
        return listen({ readiness, webhookGuard: webhookGuard!, openapi, routes });
      }),
      { logger: silentLogger },
    );
    const { status } = await fetch(`http://127.0.0.1:${service.port}/healthz`);
    expect([status, released]).toEqual([200, []]);
    await service[Symbol.asyncDispose]();
    expect(released).toEqual(['second', 'first']);
    await expect(fetch(`http://127.0.0.1:${service.port}/healthz`)).rejects.toThrow();
  });

  it('that cannot be assembled releases what it had taken, and says why', async () => {
    const released: string[] = [];
    const start = startService(
      'recording-service',
      config,
      assembly(released, () => Promise.reject(new Error('no database'))),
      { logger: silentLogger },
    );
    await expect(start).rejects.toThrow('no database');
    expect(released).toEqual(['second', 'first']);
  });

  it('goes on releasing when one release fails or takes too long, and logs it', async () => {
    const failures: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      error: (event, fields) => failures.push([event, fields?.name]),
    };
    const released: string[] = [];
    const start = startService(
      'recording-service',
      config,
      assembly(released, ({ held }) => {
        held.defer('third', () => new Promise(() => undefined));
        return Promise.reject(new Error('no database'));
      }),
      { logger, releaseTimeoutMs: 5 },
    );
    await expect(start).rejects.toThrow('no database');
    expect(failures).toEqual([['RELEASE_FAILED', 'third']]);
    expect(released).toEqual(['second', 'first']);
  });
});

describe('the settings of every service', () => {
  it('default to its own port, and need nothing but the secrets', () => {
    const settings = serviceSettings('outbound-dialer');
    expect(readConfig(settings, { INTERNAL_API_TOKEN: SECRETS.join() })).toMatchObject({
      port: 3004,
      host: '0.0.0.0',
    });
    expect(() => readConfig(settings, {})).toThrow('INTERNAL_API_TOKEN is required but not set');
  });

  it('name a neighbour by its service, at its port of this machine', () => {
    expect(settingRows({ gateway: serviceUrl('media-gateway', 'calls') })).toMatchObject([
      { variable: 'MEDIA_GATEWAY_URL', fallback: 'http://127.0.0.1:3001' },
    ]);
  });
});
