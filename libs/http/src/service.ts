import { type ServiceName } from '@frontdesk/contracts';
import { createLogger, type Logger, type LogLevel, Metrics } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import { httpEvents } from './events';
import { HttpService } from './http-service';
import { type HttpServiceOptions } from './options';
import { ServiceClient } from './service-client';

/** What {@link startService} reads of a service's settings; see settings.ts. */
export interface ServiceConfig {
  readonly port: number;
  readonly host: string;
  readonly logLevel: LogLevel;
  readonly trustProxy: number;
  readonly internalApiTokens: readonly string[];
}

/** Said once for the whole service, so not at each server and client again. */
type Shared = 'name' | 'host' | 'port' | 'logger' | 'metrics' | 'trustProxy' | 'bearer';

/** What a service is assembled with. All that it takes it gives to `held`: released in reverse order, each once. */
export interface ServiceParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly held: DisposalStack;
  /** A client of another service, held. */
  client(audience: ServiceName, baseUrl: string): ServiceClient;
  /** The HTTP side by the service's settings, held. */
  listen(options: Omit<HttpServiceOptions, Shared>): Promise<HttpService>;
}

export interface ServiceOptions {
  readonly logger?: Logger | undefined;
  /** How long one release may take before the next begins; see {@link DisposalStack}. */
  readonly releaseTimeoutMs?: number;
}

/** A running service: it listens on `port` and is stopped by disposing it. */
export interface RunningService extends AsyncDisposable {
  readonly port: number;
}

/**
 * Starts a service: `assemble` takes what it needs, one after the other, and ends with its HTTP side. When that fails,
 * what was taken is released at once; afterwards it is released when the service is disposed.
 */
export const startService = async (
  name: ServiceName,
  config: ServiceConfig,
  assemble: (parts: ServiceParts) => Promise<HttpService>,
  { logger = createLogger({ service: name, level: config.logLevel }), releaseTimeoutMs }: ServiceOptions = {},
): Promise<RunningService> => {
  const held = new DisposalStack(
    (what, error) => logger.error(httpEvents.releaseFailed, { name: what, error }),
    releaseTimeoutMs,
  );
  const metrics = new Metrics();
  const { host, port, trustProxy, internalApiTokens: secrets } = config;
  const parts: ServiceParts = {
    logger,
    metrics,
    held,
    client: (audience, baseUrl) =>
      held.use(`${audience} client`, new ServiceClient({ baseUrl, audience, subject: name, secrets })),
    listen: async (options) => {
      const shared = { name, host, port, logger, metrics, trustProxy, bearer: { secrets, audience: name } };
      return held.use('http', await HttpService.listen({ ...options, ...shared }));
    },
  };
  try {
    const http = await assemble(parts);
    return { port: http.port, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
};
