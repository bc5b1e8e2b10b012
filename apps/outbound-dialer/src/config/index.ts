import { ConfigError, readConfig } from '@frontdesk/runtime';
import { twilioMistakes } from '@frontdesk/telephony';
import { settings, type DialerConfig } from './settings';

export { settings, type DialerConfig };

/** The settings of the environment; throws one {@link ConfigError} that names each wrong or missing variable. */
export const readDialerConfig = (
  environment: Record<string, string | undefined> = process.env,
): DialerConfig => {
  const config = readConfig(settings, environment);
  const lines = twilioMistakes(config);
  if (config.leaseMs <= config.twilioTimeoutMs)
    lines.push('DIAL_LEASE_MS must be more than TWILIO_TIMEOUT_MS: a lease covers the wait for the answer');
  if (config.nodeEnv === 'production' && config.role === 'all')
    lines.push('SERVICE_ROLE must be api or worker when NODE_ENV is production, got "all"');
  if (lines.length > 0) throw new ConfigError(lines);
  return config;
};
