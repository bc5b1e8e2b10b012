import { list, type Setting } from '@frontdesk/runtime';

/** Ways to speak that TTS_PROVIDER may name. */
export const providerNames = ['openai', 'openai-realtime', 'offline'] as const;
export type ProviderName = (typeof providerNames)[number];

export const isProviderName = (name: string): name is ProviderName =>
  (providerNames as readonly string[]).includes(name);

/** A comma list of them, each once; the first is asked first. */
export const providers = (variable: string, description: string): Setting<ProviderName[]> => {
  const base = list(variable, description, { default: ['openai'] });
  return {
    ...base,
    parse(text) {
      const names = base.parse(text);
      if (!names.every(isProviderName))
        throw new Error(`must be one or more of ${providerNames.join(', ')}, got ${JSON.stringify(text)}`);
      if (new Set(names).size < names.length) throw new Error('must name each only once');
      return names;
    },
  };
};
