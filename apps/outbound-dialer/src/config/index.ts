import { accountSidSchema } from '@frontdesk/contracts';
import { ConfigError, readConfig } from '@frontdesk/runtime';
import { settings, type DialerConfig } from './settings';

export { settings, type DialerConfig };

/** The settings of the environment; throws one {@link ConfigError} that names each wrong or missing variable. */
export const readDialerConfig = (environment: Record<string, string | undefined>): DialerConfig => {
  const config = readConfig(settings, environment);
  const lines: string[] = [];
  if (!accountSidSchema.safeParse(config.twilioAccountSid).success)
    lines.push('TWILIO_ACCOUNT_SID must be AC and 32 hex digits');
  if (config.leaseMs <= config.twilioTimeoutMs)
    lines.push('DIAL_LEASE_MS must be more than TWILIO_TIMEOUT_MS: a lease covers the wait for the answer');
  if (config.nodeEnv === 'production') {
    if (config.role === 'all')
      lines.push('SERVICE_ROLE must be api or worker when NODE_ENV is production, got "all"');
    if (!config.validateSignature)
      lines.push('TWILIO_VALIDATE_SIGNATURE must not be false when NODE_ENV is production');
  }
  if (lines.length > 0) throw new ConfigError(lines);
  return config;
};
