import { defaultPorts, type ServiceName } from '@frontdesk/contracts';
import { logLevels } from '@frontdesk/observability';
import { choice, integer, secrets, text, url, type Setting } from '@frontdesk/runtime';

const MAX_REQUEST_DRAIN_MS = 600_000;

/** Settings that every service has: where it listens, what it logs, and who may ask it. */
export const serviceSettings = (name: ServiceName) => ({
  port: integer('PORT', 'Port to listen on; 0 takes a free one', {
    default: defaultPorts[name],
    min: 0,
    max: 65_535,
  }),
  host: text('HOST', 'Address to listen on', { default: '0.0.0.0' }),
  trustProxy: integer('TRUST_PROXY', 'How many proxies stand in front', { default: 0, min: 0, max: 10 }),
  internalApiTokens: secrets('INTERNAL_API_TOKEN', 'Secrets of service tokens: the first signs, all verify'),
  logLevel: choice('LOG_LEVEL', 'Least severe level that is logged', logLevels, { default: 'info' }),
});

/** How long requests may finish, for services whose work ends with them. */
export const requestDrain = integer('DRAIN_TIMEOUT_MS', 'How long a stopping service lets requests finish', {
  default: 5000,
  min: 0,
  max: MAX_REQUEST_DRAIN_MS,
});

/** Where another service is: `GREETING_SERVICE_URL` and the like, on this machine when unset. */
export const serviceUrl = (name: ServiceName, description: string): Setting<string> =>
  url(`${name.toUpperCase().replaceAll('-', '_')}_URL`, description, {
    default: `http://127.0.0.1:${defaultPorts[name]}`,
  });
