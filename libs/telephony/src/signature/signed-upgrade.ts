import { type IncomingHttpHeaders } from 'node:http';
import { publicUrlOf } from '../public-url';
import { isSigned, signatureOf, type SignatureOptions } from './webhook-guard';

export interface UpgradeOptions extends SignatureOptions {
  /** Path of the upgrade request as it came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** The path as it is, and with its last slash added or taken away: Twilio's documentation says to try both. */
const pathsOf = (path: string): string[] => [path, path.endsWith('/') ? path.slice(0, -1) : `${path}/`];

/**
 * Whether Twilio opened this WebSocket: the signature covers the `wss://` URL of `<Stream url>` and nothing else. An
 * explicit port 443 is tried as well, because the SDK's validator supposes 80 for every scheme but https.
 */
export const isSignedUpgrade = (options: UpgradeOptions): boolean => {
  if (!options.validate) return true;
  const signature = signatureOf(options.headers);
  if (!signature || !options.path.startsWith('/')) return false;
  const base = publicUrlOf(options).webSocket('');
  const withPort = base.replace(/^(wss:\/\/[^/:]+)(?=\/|$)/, '$1:443');
  return [...new Set([base, withPort])].some((origin) =>
    pathsOf(options.path).some((path) => isSigned(options.authTokens, signature, origin + path, {})),
  );
};
