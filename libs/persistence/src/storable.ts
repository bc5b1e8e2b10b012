const REPLACEMENT = '\ufffd';

/**
 * A value as PostgreSQL can keep it: neither `text` nor `jsonb` holds U+0000, and `jsonb` no half of a surrogate pair.
 * Both come with what people and models say; each becomes U+FFFD, rather than a message that can never be stored.
 */
export const storable = <T>(value: T): T => {
  if (typeof value === 'string') return wellFormed(value) as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (Object.prototype.toString.call(value) !== '[object Object]') return value; // numbers, dates, bytes
  return Object.fromEntries(
    Object.entries(value as object).map(([key, member]) => [wellFormed(key), storable(member as unknown)]),
  ) as T;
};

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const wellFormed = (text: string): string =>
  text.replaceAll('\u0000', REPLACEMENT).replace(LONE_SURROGATE, REPLACEMENT);
