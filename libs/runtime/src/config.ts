/** Reads a service's settings once, at start, from a flat record of strings such as `process.env`. */

/** One setting: the variable that carries it, what it is for, and how its text becomes a value. */
export interface Setting<T> {
  readonly variable: string;
  readonly description: string;
  readonly secret: boolean;
  readonly required: boolean;
  /** As a person would write it in the environment; undefined when there is none. */
  readonly defaultText: string | undefined;
  /** Returns the value or throws an Error whose message completes the sentence "VARIABLE …". */
  parse(text: string | undefined): T;
}

export type Settings = Record<string, Setting<unknown>>;
export type ConfigOf<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** All mistakes of a configuration, one clear line each. */
export class ConfigError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Reads every setting; throws one {@link ConfigError} that names each wrong or missing variable. */
export const readConfig = <S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
): ConfigOf<S> => {
  const lines: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const raw = environment[setting.variable];
    try {
      config[key] = setting.parse(raw === undefined || raw.trim() === '' ? undefined : raw.trim());
    } catch (error) {
      lines.push(`${setting.variable} ${(error as Error).message}`);
    }
  }
  if (lines.length > 0) throw new ConfigError(lines);
  return config as ConfigOf<S>;
};

/** A row of a README's environment table, generated from the settings so that the two cannot drift. */
export const settingRows = (
  settings: Settings,
): { variable: string; fallback: string; description: string; secret: boolean }[] =>
  Object.values(settings).map(({ variable, required, defaultText, description, secret }) => ({
    variable,
    fallback: required ? 'required' : (defaultText ?? 'none'),
    description,
    secret,
  }));

interface Options<T> {
  /** Value used when the variable is unset; leave out and `optional` out to make it required. */
  default?: T;
  secret?: boolean;
}

const setting = <T>(
  variable: string,
  description: string,
  options: Options<T> & { optional?: boolean },
  convert: (text: string) => T,
  show: (value: T) => string = String,
): Setting<T> => {
  const hasDefault = options.default !== undefined;
  const required = !hasDefault && !options.optional;
  return {
    variable,
    description,
    secret: options.secret ?? false,
    required,
    defaultText: hasDefault ? show(options.default as T) : undefined,
    parse(text) {
      if (text !== undefined) return convert(text);
      if (required) throw new Error('is required but not set');
      return options.default as T;
    },
  };
};

const shown = (text: string, secret: boolean | undefined): string =>
  secret ? '' : `, got ${JSON.stringify(text)}`;

/** A text, used as it is. */
export const text = (variable: string, description: string, options: Options<string> = {}): Setting<string> =>
  setting(variable, description, options, (value) => value);

/** A text that may be absent. */
export const optionalText = (
  variable: string,
  description: string,
  options: { secret?: boolean } = {},
): Setting<string | undefined> =>
  setting<string | undefined>(variable, description, { ...options, optional: true }, (value) => value);

/** A whole number within bounds. */
export const integer = (
  variable: string,
  description: string,
  options: Options<number> & { min: number; max: number },
): Setting<number> =>
  setting(variable, description, options, (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < options.min || number > options.max)
      throw new Error(`must be a whole number from ${options.min} to ${options.max}${shown(value, false)}`);
    return number;
  });

/** `true` or `false`. */
export const flag = (
  variable: string,
  description: string,
  options: Options<boolean> = {},
): Setting<boolean> =>
  setting(variable, description, options, (value) => {
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw new Error(`must be true or false${shown(value, false)}`);
  });

/** One of a few words. */
export const choice = <const T extends string>(
  variable: string,
  description: string,
  allowed: readonly T[],
  options: Options<T> = {},
): Setting<T> =>
  setting(variable, description, options, (value) => {
    if (!(allowed as readonly string[]).includes(value))
      throw new Error(`must be one of ${allowed.join(', ')}${shown(value, false)}`);
    return value as T;
  });

const parseUrl = (value: string, protocols: readonly string[], secret: boolean | undefined): string => {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw new Error(`must be a URL${shown(value, secret)}`);
  }
  if (!protocols.includes(url.protocol.slice(0, -1)))
    throw new Error(`must be a URL with ${protocols.join(' or ')}${shown(value, secret)}`);
  return value.replace(/\/+$/, '');
};

/** A URL with one of the given schemes; a trailing slash is cut. */
export const url = (
  variable: string,
  description: string,
  options: Options<string> & { protocols?: readonly string[] } = {},
): Setting<string> =>
  setting(variable, description, options, (value) =>
    parseUrl(value, options.protocols ?? ['http', 'https'], options.secret),
  );

/** A URL that may be absent. */
export const optionalUrl = (
  variable: string,
  description: string,
  options: { secret?: boolean; protocols?: readonly string[] } = {},
): Setting<string | undefined> =>
  setting<string | undefined>(variable, description, { ...options, optional: true }, (value) =>
    parseUrl(value, options.protocols ?? ['http', 'https'], options.secret),
  );

/** A comma-separated list without empty entries. */
export const list = (
  variable: string,
  description: string,
  options: Options<string[]> = {},
): Setting<string[]> =>
  setting(
    variable,
    description,
    options,
    (value) => {
      const entries = value
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean);
      if (entries.length === 0) throw new Error('must name at least one entry');
      return entries;
    },
    (entries) => entries.join(','),
  );

/** Secrets as a comma list: the first signs, all verify, so that they rotate without a broken call (SE4). */
export const secrets = (
  variable: string,
  description: string,
  options: { minLength?: number; optional?: boolean } = {},
): Setting<string[]> => {
  const base = list(variable, description, { secret: true, ...(options.optional && { default: [] }) });
  const minLength = options.minLength ?? 16;
  return {
    ...base,
    parse(value) {
      const entries = base.parse(value);
      if (entries.some((entry) => entry.length < minLength))
        throw new Error(`must hold secrets of at least ${minLength} characters`);
      return entries;
    },
  };
};
