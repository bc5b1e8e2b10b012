import { type PublicUrl, publicUrlOf } from '@frontdesk/telephony';

/** A host with an optional port, and nothing that could turn it into another URL. */
const HOST = /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i;

/**
 * By which name Twilio reaches us (IN1): PUBLIC_URL, and only without it the host of the latest webhook. That is for trying
 * things out behind a tunnel, with signatures off; Twilio streams to wss alone, so it is taken for https.
 */
export class PublicOrigin implements PublicUrl {
  private url: PublicUrl;

  constructor(private readonly configured: string | undefined) {
    this.url = publicUrlOf({ publicUrl: configured ?? 'https://localhost' });
  }

  /** The host that a webhook was sent to. */
  seen(host: string | undefined): void {
    if (this.configured === undefined && host !== undefined && HOST.test(host))
      this.url = publicUrlOf({ publicUrl: `https://${host}` });
  }

  get base(): string {
    return this.url.base;
  }

  http(path: string): string {
    return this.url.http(path);
  }

  webSocket(path: string): string {
    return this.url.webSocket(path);
  }
}
