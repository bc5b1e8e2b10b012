import { randomUUID } from 'node:crypto';
import type { Clock } from '@frontdesk/runtime';
import type { CallBook } from '../book/call-book';
import type { FaultRegistry } from '../faults/fault-registry';
import { type RouteTable, UnknownNameError } from '../routing/route-table';
import { twilioSignature } from '../signing/signature';
import { ExchangeError, exchange, type HttpAnswer } from './http-exchange';
import { connectionOverrides } from './overrides';
import { isRetried, type Failure } from './failure';

/** Body bound of an answer with instructions (error 11750) and of fetched audio. */
const MAX_TWIML_BYTES = 64 * 1024;
const MAX_AUDIO_BYTES = 64 * 1024 * 1024;
const MAX_REDIRECTS = 10;

export interface WebhookRequest {
  /** What it is for, as the book names it: voice-url, action, status-callback, … */
  readonly kind: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly params: Readonly<Record<string, string>>;
  /** The call it belongs to. */
  readonly callSid: string;
  readonly to: string;
  readonly book: CallBook;
  readonly expects: 'twiml' | 'audio' | 'nothing';
  readonly signal?: AbortSignal | undefined;
  /** Given for a duplicate of an earlier request. */
  readonly idempotencyToken?: string;
}

export type WebhookResult =
  | { readonly ok: true; readonly status: number; readonly contentType: string; readonly body: Buffer }
  | { readonly ok: false; readonly status: number | undefined; readonly failure: Failure };

export interface WebhookClientOptions {
  readonly authToken: string;
  readonly routes: RouteTable;
  readonly faults: FaultRegistry;
  readonly clock: Pick<Clock, 'now'>;
}

/** Makes the requests Twilio makes: signed, to public names only, retried as the URL's fragment says. */
export class WebhookClient {
  constructor(private readonly options: WebhookClientOptions) {}

  async send(request: WebhookRequest): Promise<WebhookResult> {
    const overrides = connectionOverrides(request.url);
    const deadline = this.options.clock.now() + overrides.totalTimeoutMs;
    const token = request.idempotencyToken ?? randomUUID();
    for (let attempt = 1; ; attempt++) {
      const result = await this.attempt(request, token, attempt, deadline);
      const mayRetry = attempt <= overrides.retries && this.options.clock.now() < deadline;
      if (result.ok || !mayRetry || request.signal?.aborted) return result;
      if (!isRetried(result.failure, result.status, overrides.retryOn)) return result;
    }
  }

  private async attempt(
    request: WebhookRequest,
    token: string,
    attempt: number,
    deadline: number,
  ): Promise<WebhookResult> {
    const startedAtMs = this.options.clock.now();
    const event = request.book.note('webhook', {
      kind: request.kind,
      url: request.url,
      method: request.method,
      params: request.params,
      idempotencyToken: token,
      ...(attempt > 1 ? { attempt } : {}),
    });
    const result = await this.follow(request, token, deadline);
    event['durationMs'] = this.options.clock.now() - startedAtMs;
    event['status'] = result.status ?? null;
    if (!result.ok) event['error'] = result.failure;
    else if (request.expects === 'twiml') event['answer'] = result.body.toString('utf8').slice(0, 4_000);
    return result;
  }

  private async follow(request: WebhookRequest, token: string, deadline: number): Promise<WebhookResult> {
    let { url, method } = request;
    try {
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const answer = await this.once(request, url, method, token, deadline);
        const location = answer.headers.location;
        if (answer.status >= 300 && answer.status < 400 && location) {
          url = new URL(location, url.split('#')[0]).href;
          if (answer.status < 307) method = 'GET';
          continue;
        }
        if (answer.status < 200 || answer.status >= 400) return refused(answer.status);
        const contentType = (answer.headers['content-type'] ?? '').split(';')[0] ?? '';
        return { ok: true, status: answer.status, contentType: contentType.trim(), body: answer.body };
      }
      return { ok: false, status: undefined, failure: { code: 11215, message: 'too many redirects' } };
    } catch (error) {
      return { ok: false, status: undefined, failure: failureOf(error) };
    }
  }

  private once(
    request: WebhookRequest,
    rawUrl: string,
    method: 'GET' | 'POST',
    token: string,
    deadline: number,
  ): Promise<HttpAnswer> {
    const overrides = connectionOverrides(rawUrl);
    const isGet = method === 'GET';
    const url = requestUrl(rawUrl, isGet ? request.params : {});
    const parsed = new URL(url);
    const target = this.options.routes.resolve(parsed.hostname);
    const body = isGet ? undefined : new URLSearchParams(request.params).toString();
    const left = Math.max(1, deadline - this.options.clock.now());
    return exchange({
      target,
      method,
      path: pathOf(url),
      headers: {
        Host: parsed.host,
        'X-Forwarded-Proto': parsed.protocol.slice(0, -1),
        'User-Agent': 'TwilioProxy/1.1',
        Accept: '*/*',
        'X-Twilio-Signature': twilioSignature(
          this.signingKey(request, parsed),
          url,
          isGet ? {} : request.params,
        ),
        'I-Twilio-Idempotency-Token': token,
        ...(parsed.username ? { Authorization: basic(parsed) } : {}),
        ...(body === undefined
          ? {}
          : {
              'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8',
              'Content-Length': String(Buffer.byteLength(body)),
            }),
      },
      body,
      connectTimeoutMs: Math.min(overrides.connectTimeoutMs, left),
      readTimeoutMs: Math.min(overrides.readTimeoutMs, left),
      maxBodyBytes: request.expects === 'audio' ? MAX_AUDIO_BYTES : MAX_TWIML_BYTES,
      signal: request.signal,
    });
  }

  private signingKey(request: WebhookRequest, url: URL): string {
    const strike = this.options.faults.take('wrong-signature', request, (fault) =>
      url.pathname.includes(fault.text('pathContains') ?? ''),
    );
    return strike ? `not-${this.options.authToken}` : this.options.authToken;
  }
}

/** The URL as requested and signed: no fragment; parameters of a GET appended to what the query already has. */
const requestUrl = (rawUrl: string, query: Readonly<Record<string, string>>): string => {
  const url = rawUrl.split('#', 1)[0] ?? '';
  const appended = new URLSearchParams(query).toString();
  if (!appended) return url;
  return `${url}${url.includes('?') ? '&' : '?'}${appended}`;
};

/** Path and query exactly as written, so that what is signed is what is sent. */
const pathOf = (url: string): string => {
  const rest = /^\w+:\/\/[^/?]*(.*)$/s.exec(url)?.[1] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
};

const basic = (url: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;

const refused = (status: number): WebhookResult => ({
  ok: false,
  status,
  failure: { code: 11200, message: `HTTP retrieval failure: status ${status}` },
});

const failureOf = (error: unknown): Failure => {
  if (error instanceof UnknownNameError) return { code: 11210, message: error.message, phase: 'connect' };
  if (error instanceof ExchangeError && error.phase === 'size')
    return { code: 11750, message: error.message };
  if (error instanceof ExchangeError && error.phase === 'connect')
    return { code: 11205, message: error.message, phase: 'connect' };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 11200, message, phase: 'read' };
};
