const SHOWN_START = 5;
const SHOWN_END = 2;
const MASK = '•••••';
/** A number this long keeps its country and operator readable and still hides who it is. */
const LENGTH_TO_SHOW_START = 11;

/** `+972501234567` → `+9725•••••67`. The mask has a fixed width, so that it tells nothing about the length. */
export const maskNumber = (value: string): string => {
  const compact = value.replace(/[\s().-]/g, '');
  const end = compact.slice(-SHOWN_END);
  return compact.length >= LENGTH_TO_SHOW_START
    ? `${compact.slice(0, SHOWN_START)}${MASK}${end}`
    : `${MASK}${end}`;
};

const looksLikeNumber = (value: string): boolean => /^\+?[\d\s().-]{5,20}$/.test(value);

/** Each pattern of {@link maskText} holds one of these. Most texts (names, keys, paths) hold none, and stay as they are. */
const MAY_HOLD_SECRETS = /[+:]|%2B|Bearer|Basic|eyJ|sk-/i;

/** Numbers, credentials and addresses of people wherever they stand inside a longer text. */
const maskText = (text: string): string => (MAY_HOLD_SECRETS.test(text) ? maskSecrets(text) : text);

const maskSecrets = (text: string): string =>
  text
    .replace(/(?:\+|%2B)[1-9]\d{6,14}(?!\d)/gi, (found) => maskNumber(found.replace(/^%2B/i, '+')))
    .replace(/\b(sips?|client):[^@\s;>,"]+/gi, `$1:${MASK}`)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [removed]')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[removed]')
    .replace(/\bsk-[\w-]{8,}/g, '[removed]')
    .replace(/(:\/\/[^:/\s@]*):[^@/\s]+@/g, '$1:[removed]@');

const SECRET_KEY = /token|authorization|secret|api[-_]?key|password|cookie|signature|credential/i;
const NUMBER_KEY = /^(from|to|caller|called|callee)$|number$/i;

const MAX_DEPTH = 6;
const MAX_ENTRIES = 100;
const MAX_TEXT = 4_000;

/**
 * A copy of the fields that may be logged: secrets dropped by key, telephone numbers masked by key and by look, errors
 * as plain objects, bounded in depth and length.
 */
export const loggable = (fields: Record<string, unknown>): Record<string, unknown> =>
  cleanObject(fields, 0) as Record<string, unknown>;

const cleanObject = (object: object, depth: number): unknown => {
  if (depth >= MAX_DEPTH) return '[deep]';
  const clean: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object).slice(0, MAX_ENTRIES)) {
    if (value === undefined || isSecret(key, value)) continue;
    clean[key] = cleanValue(key, value, depth);
  }
  return clean;
};

/** Counts such as `inputTokens` are figures, not secrets. */
const isSecret = (key: string, value: unknown): boolean =>
  SECRET_KEY.test(key) && typeof value !== 'number' && typeof value !== 'boolean';

const cleanValue = (key: string, value: unknown, depth: number): unknown => {
  if (typeof value === 'string') {
    if (NUMBER_KEY.test(key) && looksLikeNumber(value)) return maskNumber(value);
    return maskText(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value);
  }
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Error) return cleanError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value))
    return depth >= MAX_DEPTH
      ? '[deep]'
      : value.slice(0, MAX_ENTRIES).map((entry) => cleanValue(key, entry, depth + 1));
  return cleanObject(value, depth + 1);
};

const cleanError = (error: Error, depth: number): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    message: maskText(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack ? { stack: maskText(error.stack.slice(0, MAX_TEXT)) } : {}),
    ...(error.cause !== undefined && depth < MAX_DEPTH
      ? { cause: cleanValue('cause', error.cause, depth + 1) }
      : {}),
  };
};
