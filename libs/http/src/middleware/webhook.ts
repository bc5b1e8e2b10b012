import { raw, type Request, type RequestHandler, type Response } from 'express';
import {
  MAX_FORM_BYTES,
  MAX_FORM_FIELDS,
  type WebhookAnswer,
  type WebhookGuard,
  type WebhookRequest,
} from '../options';
import { HttpProblem } from '../problem';
import { type Refuse } from './credentials';
import { contextOf } from './request-context';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Reads the bytes, checks the carrier's signature over them, and only then looks at the form. */
export const webhookHandlers = (
  path: string,
  handler: (form: Record<string, string>, request: WebhookRequest) => Promise<WebhookAnswer>,
  guard: WebhookGuard,
  refuse: Refuse,
): RequestHandler[] => [
  // Signatures are over the bytes as sent; nobody sends a form compressed.
  raw({ type: () => true, limit: MAX_FORM_BYTES, inflate: false }),
  async (request, response) => {
    const context = contextOf(response);
    context.route = path;
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (fieldsIn(rawBody) > MAX_FORM_FIELDS)
      return refuse(request, response, new HttpProblem(413, 'The form has too many fields'), 'fields');
    const query = queryOf(request);
    const fields =
      request.method === 'POST' && request.is(FORM_TYPE) ? formOf(rawBody) : new URLSearchParams();
    const form = firstValues(request.method === 'POST' ? fields : query);
    context.announce(form.CallSid);
    const isGenuine = guard({
      method: request.method,
      originalUrl: request.originalUrl,
      headers: request.headers,
      params: allValues(fields),
      rawBody,
    });
    if (!isGenuine)
      return refuse(request, response, new HttpProblem(403, 'The signature is not valid'), 'signature');
    if (request.method === 'POST' && rawBody.length > 0 && !request.is(FORM_TYPE))
      throw new HttpProblem(415, `The body must be ${FORM_TYPE}`);
    const answer = await handler(form, {
      params: request.params as Record<string, string>,
      query,
      traceparent: context.traceparent,
      express: request,
    });
    sendTwiml(response, answer);
  },
];

const sendTwiml = (response: Response, { status, twiml }: WebhookAnswer): void => {
  response.setHeader('Cache-Control', 'no-store');
  if (twiml === undefined) response.status(status ?? 204).end();
  else
    response
      .status(status ?? 200)
      .type('text/xml')
      .send(twiml);
};

const queryOf = (request: Request): URLSearchParams => {
  const at = request.originalUrl.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : request.originalUrl.slice(at + 1));
};

const formOf = (body: Buffer): URLSearchParams => new URLSearchParams(body.toString('utf8'));

const AMPERSAND = '&'.charCodeAt(0);

/** At most so many fields are in a form, whatever is between its ampersands. */
const fieldsIn = (body: Buffer): number => {
  let count = 1;
  for (let at = body.indexOf(AMPERSAND); at >= 0; at = body.indexOf(AMPERSAND, at + 1)) count += 1;
  return count;
};

const firstValues = (fields: URLSearchParams): Record<string, string> => {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of fields) form[name] ??= value;
  return form;
};

const allValues = (fields: URLSearchParams): Record<string, string | string[]> => {
  const all: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of fields) {
    const known = all[name];
    if (known === undefined) all[name] = value;
    else if (typeof known === 'string') all[name] = [known, value];
    else known.push(value);
  }
  return all;
};
