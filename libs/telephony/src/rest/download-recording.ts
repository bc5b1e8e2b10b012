import { request } from 'undici';
import { type RecordingDownload } from './twilio-calls';

const MAX_REDIRECTS = 3;

interface DownloadOptions {
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer other than 2xx, in the shape the SDK's errors have. */
class DownloadFailure extends Error {
  constructor(readonly status: number) {
    super(`answered ${status}`);
  }
}

/**
 * Fetches media with Basic auth. Redirects are followed by hand, because the credentials may go to no other host than
 * the one they are for.
 */
export const downloadMedia = async (options: DownloadOptions): Promise<RecordingDownload> => {
  const authorization = `Basic ${Buffer.from(`${options.accountSid}:${options.authToken}`).toString('base64')}`;
  const home = new URL(options.url).host;
  let url = options.url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await request(url, {
      headers: new URL(url).host === home ? { authorization } : {},
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      ...(options.signal && { signal: options.signal }),
    });
    const location = answer.headers.location;
    if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
      await answer.body.dump();
      url = new URL(location, url).href;
      continue;
    }
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new DownloadFailure(answer.statusCode);
    }
    const length = Number(answer.headers['content-length'] ?? Number.NaN);
    return {
      contentType: String(answer.headers['content-type'] ?? 'application/octet-stream'),
      contentLength: Number.isFinite(length) ? length : null,
      body: answer.body,
    };
  }
  throw new DownloadFailure(310);
};
