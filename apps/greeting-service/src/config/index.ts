import { localeSchema } from '@frontdesk/contracts';
import { ConfigError, readConfig } from '@frontdesk/runtime';
import { settings, type GreetingConfig } from './settings';

export { settings, type GreetingConfig };

/** The settings of the environment; throws one {@link ConfigError} that names each wrong or missing variable. */
export const readGreetingConfig = (environment: Record<string, string | undefined>): GreetingConfig => {
  const config = readConfig(settings, environment);
  const lines: string[] = [];
  if (config.ttsProviders.some((name) => name !== 'offline') && !config.openAiApiKey)
    lines.push('OPENAI_API_KEY is required but not set (TTS_PROVIDER names OpenAI)');
  if (!localeSchema.safeParse(config.localeDefault).success)
    lines.push(`GREETING_LOCALE_DEFAULT must be a language tag such as he-IL, got "${config.localeDefault}"`);
  if (lines.length > 0) throw new ConfigError(lines);
  return config;
};
