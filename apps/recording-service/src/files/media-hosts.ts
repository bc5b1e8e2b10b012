import { RecordingFileError } from './recording-file-error';

/** Twilio's API and where it redirects to for media (SE2). */
const TWILIO_HOSTS = /^([a-z0-9-]+\.)*(twilio|twiliocdn)\.com$/;

/** Which addresses recordings may be fetched from, and which of them may see our credentials. */
export class MediaHosts {
  private readonly base: URL | null;

  /** @param apiBaseUrl TWILIO_API_BASE_URL, when it is not Twilio's own */
  constructor(apiBaseUrl: string | undefined) {
    this.base = apiBaseUrl ? new URL(apiBaseUrl) : null;
  }

  /** The address to fetch; `http:` of Twilio's own hosts becomes `https:` (its resources still say the former). */
  check(address: string): URL {
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      throw new RecordingFileError('refused', 'the recording has no usable address');
    }
    if (this.base && url.origin === this.base.origin) return url;
    const isPlain = url.port === '' && url.username === '' && url.password === '';
    if (!isPlain || !TWILIO_HOSTS.test(url.hostname) || !['http:', 'https:'].includes(url.protocol))
      throw new RecordingFileError('refused', `recordings are not fetched from ${url.host}`);
    url.protocol = 'https:';
    return url;
  }

  /** Credentials go to the host they were asked for and to no other it redirects to. */
  maySeeCredentials(url: URL, first: URL): boolean {
    return url.origin === first.origin;
  }
}
