import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type z } from 'zod';
import { newOpenAiId } from '../ids';

/** A request refused in the vendor's form. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | null = null,
    readonly param: string | null = null,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get body(): string {
    const type = this.status >= 500 ? 'server_error' : 'invalid_request_error';
    return JSON.stringify({ error: { message: this.message, type, param: this.param, code: this.code } });
  }
}

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': newOpenAiId('req') });
  response.end(JSON.stringify(body));
};

export const sendError = (response: ServerResponse, error: ApiError): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'x-request-id': newOpenAiId('req'),
    ...error.headers,
  });
  response.end(error.body);
};

/** The whole body. @throws ApiError when it is longer than the bound */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ApiError(413, `Maximum content size limit (${maxBytes}) exceeded`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** The body as JSON of a schema. @throws ApiError naming what is wrong */
export const readJson = async <T>(
  request: IncomingMessage,
  schema: z.ZodType<T>,
  maxBytes = 1024 * 1024,
): Promise<T> => {
  const body = await readBody(request, maxBytes);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new ApiError(400, 'We could not parse the JSON body of your request.');
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys')
    throw new ApiError(
      400,
      `Unrecognized request argument supplied: ${issue.keys.join(', ')}`,
      'unknown_parameter',
    );
  throw new ApiError(400, `Invalid '${path}': ${issue?.message ?? 'invalid'}`, 'invalid_value', path);
};

/** @throws ApiError without a bearer key */
export const requireKey = (headers: IncomingMessage['headers']): void => {
  if (/^Bearer \S+$/.test(headers.authorization ?? '')) return;
  throw new ApiError(
    401,
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
    'invalid_api_key',
  );
};
