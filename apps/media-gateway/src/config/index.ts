import { ConfigError, readConfig } from '@frontdesk/runtime';
import { twilioMistakes } from '@frontdesk/telephony';
import { settings, type GatewaySettings } from './settings';

export { settings };

export interface GatewayConfig extends Omit<GatewaySettings, 'toolRoutes'> {
  /** URL by host. */
  readonly toolRoutes: ReadonlyMap<string, string>;
}

/** The settings of the environment; throws one {@link ConfigError} that names each wrong or missing variable. */
export const readGatewayConfig = (environment: Record<string, string | undefined>): GatewayConfig => {
  const config = readConfig(settings, environment);
  const lines = twilioMistakes(config);
  const publicUrl = publicUrlFrom(config.publicUrl);
  if (publicUrl === null)
    lines.push(`PUBLIC_URL must be a host or a URL without a query, got "${config.publicUrl}"`);
  if (!config.publicUrl && config.validateSignature)
    lines.push('PUBLIC_URL is required but not set (TWILIO_VALIDATE_SIGNATURE is true)');
  if (config.gatewayPeers.length > 0 && !config.internalUrl)
    lines.push('INTERNAL_URL is required but not set (GATEWAY_PEERS is set)');
  if (config.toolRoutes.length > 0 && config.toolSigningSecret.length === 0)
    lines.push('TOOL_SIGNING_SECRET is required but not set (TOOL_ROUTES is set)');
  const toolRoutes = routesFrom(config.toolRoutes);
  if (toolRoutes === null)
    lines.push('TOOL_ROUTES must be HOST=URL entries, such as crm.example=http://10.0.0.5:8080');
  if (lines.length > 0) throw new ConfigError(lines);
  return { ...config, publicUrl: publicUrl ?? undefined, toolRoutes: toolRoutes ?? new Map() };
};

/** A host means https; null for what is neither a host nor a URL. */
const publicUrlFrom = (value: string | undefined): string | null | undefined => {
  if (value === undefined) return undefined;
  try {
    const url = new URL(/^https?:\/\//.test(value) ? value : `https://${value}`);
    return url.search || url.hash ? null : url.href.replace(/\/+$/, '');
  } catch {
    return null;
  }
};

/** Null where an entry is no host with a URL. */
const routesFrom = (entries: readonly string[]): ReadonlyMap<string, string> | null => {
  const routes = new Map<string, string>();
  for (const entry of entries) {
    const [host = '', url = ''] = entry.split(/=(.*)/);
    if (!/^[\w.-]+(:\d+)?$/.test(host) || !/^https?:\/\//.test(url) || !URL.canParse(url)) return null;
    routes.set(host.toLowerCase(), url);
  }
  return routes;
};
