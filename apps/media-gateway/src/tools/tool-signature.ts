import { createHmac } from 'node:crypto';

/** The key with which requests to one business are signed: none can sign for another (docs/tools.md). */
export const toolKeyOf = (secret: string, businessId: string): string =>
  createHmac('sha256', secret).update(`frontdesk-tool:${businessId}`).digest('base64');

/**
 * `X-Frontdesk-Signature`: `v1=` and the hex HMAC-SHA256 of `<timestamp>.<body>`, one for each secret, so that a secret
 * rotates without a refused request.
 */
export const toolSignature = (
  secrets: readonly string[],
  businessId: string,
  timestampSec: number,
  body: string,
): string =>
  secrets
    .map((secret) => {
      const key = toolKeyOf(secret, businessId);
      return `v1=${createHmac('sha256', key).update(`${timestampSec}.${body}`).digest('hex')}`;
    })
    .join(',');
