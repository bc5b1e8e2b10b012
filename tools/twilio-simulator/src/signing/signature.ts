import { createHmac } from 'node:crypto';

/** Parameters of a form post; a name may come more than once. */
export type FormParameters = Readonly<Record<string, string | readonly string[]>>;

/**
 * The URL Twilio signs: as it was given, without credentials and fragment; the port is dropped for https and wss and
 * kept for http (Twilio: Security, notes for voice). Path and query keep their encoding and order.
 */
export const signedUrl = (url: string): string => {
  const withoutFragment = url.split('#', 1)[0] ?? '';
  const match = /^(\w+):\/\/([^/?]*)(.*)$/s.exec(withoutFragment);
  if (!match) return withoutFragment;
  const [, scheme = '', authority = '', rest = ''] = match;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const keepsPort = scheme.toLowerCase() === 'http' || scheme.toLowerCase() === 'ws';
  return `${scheme}://${keepsPort ? host : host.replace(/:\d+$/, '')}${rest}`;
};

/**
 * `X-Twilio-Signature`: base64 of HMAC-SHA1 over the URL and, for a form post, each name and value in plain byte order
 * of the names (values of a repeated name: each once, sorted). A GET has its parameters in the URL already.
 */
export const twilioSignature = (authToken: string, url: string, form: FormParameters = {}): string => {
  const data = Object.keys(form)
    .sort(byBytes)
    .flatMap((name) => {
      const value = form[name] ?? '';
      const values = typeof value === 'string' ? [value] : [...new Set(value)].sort(byBytes);
      return values.map((one) => name + one);
    })
    .join('');
  return createHmac('sha1', authToken)
    .update(signedUrl(url) + data, 'utf8')
    .digest('base64');
};

const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
