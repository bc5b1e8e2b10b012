import { isSameInConstantTime } from '@frontdesk/runtime';
import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { validateRequest } from 'twilio/lib/webhooks/webhooks';
import { publicUrlOf } from '../public-url';

export interface SignatureOptions {
  /** Primary Auth Tokens that may have signed: one of an account and, while it rotates, the next. */
  readonly authTokens: readonly string[];
  /** PUBLIC_URL: the signed URL is rebuilt from it. What the request claims of its host is not looked at. */
  readonly publicUrl: string;
  /** TWILIO_VALIDATE_SIGNATURE. False lets everything through. */
  readonly validate: boolean;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as they came. */
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  /** The form's fields, for a server that no longer has the raw body. */
  readonly params: Record<string, string | string[]>;
  readonly rawBody: Buffer;
}

const FORM = 'application/x-www-form-urlencoded';

/** The signature header, or undefined when it is missing or came more than once. */
export const signatureOf = (headers: IncomingHttpHeaders): string | undefined => {
  const value = headers['x-twilio-signature'];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Whether any of the tokens signed the URL with these fields. */
export const isSigned = (
  authTokens: readonly string[],
  signature: string,
  url: string,
  fields: Record<string, string | string[]>,
): boolean => {
  try {
    return authTokens.some((token) => validateRequest(token, signature, url, fields));
  } catch {
    return false; // a URL that cannot be parsed
  }
};

/** Decoded fields of a form; a repeated name keeps all its values, as the signature needs them. */
const fieldsOf = (rawBody: Buffer): Record<string, string | string[]> => {
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) {
    const known = fields[name];
    if (known === undefined) fields[name] = value;
    else if (typeof known === 'string') fields[name] = [known, value];
    else known.push(value);
  }
  return fields;
};

const isBodyHash = (rawBody: Buffer, claimed: string): boolean =>
  isSameInConstantTime(createHash('sha256').update(rawBody).digest(), Buffer.from(claimed, 'hex'));

/**
 * Decides whether Twilio made a webhook request (SE1). GET: the URL with its query is signed. A form: the URL and the
 * fields. Any other body: the URL, which must carry the body's SHA-256. A body that nothing signs is refused.
 */
export const webhookGuard = (options: SignatureOptions): ((request: SignedRequest) => boolean) => {
  const publicUrl = publicUrlOf(options);
  return ({ method, originalUrl, headers, params, rawBody }) => {
    if (!options.validate) return true;
    const signature = signatureOf(headers);
    if (!signature || !originalUrl.startsWith('/')) return false;
    const url = publicUrl.http(originalUrl);
    const check = (fields: Record<string, string | string[]>): boolean =>
      isSigned(options.authTokens, signature, url, fields);
    if (method === 'GET' || method === 'HEAD') return rawBody.length === 0 && check({});
    const isForm = headers['content-type']?.split(';')[0]?.trim().toLowerCase() === FORM;
    if (isForm) return check(rawBody.length > 0 ? fieldsOf(rawBody) : params);
    if (rawBody.length === 0) return check({});
    const bodyHash = new URLSearchParams(originalUrl.split('?')[1] ?? '').get('bodySHA256');
    return bodyHash !== null && isBodyHash(rawBody, bodyHash) && check({});
  };
};
