import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AudioFormat, audioFormatOf, HEAD_BYTES, promisedWavBytes } from './audio-format';
import { type MediaHosts } from './media-hosts';
import { RecordingFileError } from './recording-file-error';

const MAX_REDIRECTS = 3;
/** A download on which nothing moves for this long is given up. */
const IDLE_MS = 30_000;
/** A WAV with nothing after its header holds no audio. */
const MIN_AUDIO_BYTES = 45;

export interface Downloaded {
  format: AudioFormat;
  bytes: number;
  /** SHA-256 in hex. */
  checksum: string;
}

export interface DownloadOptions {
  hosts: MediaHosts;
  /** `Basic …` for Twilio's media, which always wants it. */
  authorization: string;
  maxBytes: number;
}

/**
 * Fetches one address into a new file. The only place that downloads recordings.
 * @returns null when the address answered 404, or 400 (two channels asked of a mono recording)
 * @throws RecordingFileError for anything that is not a whole audio file
 */
export const download = async (
  address: string,
  path: string,
  options: DownloadOptions,
): Promise<Downloaded | null> => {
  const abort = new AbortController();
  const idle = setTimeout(() => abort.abort(new Error('the download stood still')), IDLE_MS);
  try {
    const response = await follow(address, options, abort.signal);
    if (response.status === 404 || response.status === 400) {
      await response.body?.cancel();
      return null;
    }
    if (response.status !== 200 || !response.body) throw await refusal(response);
    const audio = new AudioCheck(options.maxBytes, () => idle.refresh());
    await pipeline(response.body, audio, createWriteStream(path, { flags: 'wx', flush: true }), {
      signal: abort.signal,
    });
    return audio.result();
  } catch (error) {
    throw asFileError(error);
  } finally {
    clearTimeout(idle);
  }
};

/** Follows redirects by hand: each target is checked, and the credentials go to the first host only (SE2). */
const follow = async (
  address: string,
  { hosts, authorization }: DownloadOptions,
  signal: AbortSignal,
): Promise<Response> => {
  const first = hosts.check(address);
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const headers: Record<string, string> = hosts.maySeeCredentials(url, first) ? { authorization } : {};
    const response = await fetch(url, { headers, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || !location) return response;
    await response.body?.cancel();
    url = hosts.check(new URL(location, url).href);
  }
  throw new RecordingFileError('refused', 'the recording redirects without end');
};

const refusal = async (response: Response): Promise<RecordingFileError> => {
  await response.body?.cancel();
  const isRefused = [401, 403, 410].includes(response.status);
  return new RecordingFileError(
    isRefused ? 'refused' : 'unreachable',
    `the media answered ${response.status}`,
  );
};

const asFileError = (error: unknown): RecordingFileError => {
  if (error instanceof RecordingFileError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new RecordingFileError('no-space', 'there is no space for the recording', error);
  return new RecordingFileError('unreachable', `the download failed: ${message}`, error);
};

/** Lets audio through while it counts, hashes and checks it; refuses what does not begin like audio or never ends. */
class AudioCheck extends Transform {
  private head = Buffer.alloc(0);
  private bytes = 0;
  private format: AudioFormat | null = null;
  private readonly hash = createHash('sha256');

  constructor(
    private readonly maxBytes: number,
    private readonly onProgress: () => void,
  ) {
    super();
  }

  override _transform(
    part: Buffer,
    _encoding: string,
    done: (error?: Error | null, part?: Buffer) => void,
  ): void {
    this.onProgress();
    this.bytes += part.length;
    this.hash.update(part);
    if (this.head.length < HEAD_BYTES) {
      this.head = Buffer.concat([this.head, part]).subarray(0, HEAD_BYTES);
      this.format = audioFormatOf(this.head);
      if (this.head.length === HEAD_BYTES && !this.format) return done(notAudio('what came is not audio'));
    }
    if (this.bytes > this.maxBytes)
      return done(new RecordingFileError('refused', `the recording is larger than ${this.maxBytes} bytes`));
    done(null, part);
  }

  result(): Downloaded {
    if (!this.format || this.bytes < MIN_AUDIO_BYTES) throw notAudio('what came is empty');
    const promised = this.format === 'wav' ? promisedWavBytes(this.head) : null;
    if (promised !== null && this.bytes < promised)
      throw notAudio(`what came is cut: ${this.bytes} of ${promised} bytes`);
    return { format: this.format, bytes: this.bytes, checksum: this.hash.digest('hex') };
  }
}

const notAudio = (message: string): RecordingFileError => new RecordingFileError('not-audio', message);
