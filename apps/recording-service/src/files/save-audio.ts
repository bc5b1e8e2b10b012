import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AudioFormat, audioFormatOf, HEAD_BYTES, promisedWavBytes } from './audio-format';
import { RecordingFileError } from './recording-file-error';

/** A download on which nothing moves for this long is given up. */
const IDLE_MS = 30_000;
/** A WAV with nothing after its header holds no audio. */
const MIN_AUDIO_BYTES = 45;

/** A file as it came, checked. */
export interface SavedAudio {
  format: AudioFormat;
  bytes: number;
  /** SHA-256 in hex. */
  checksum: string;
}

/** Ends an exchange on which nothing moves any more; `moved` begins the wait anew. */
export class IdleLimit implements Disposable {
  private readonly abort = new AbortController();
  private readonly timer = setTimeout(() => this.abort.abort(new Error('the download stood still')), IDLE_MS);
  readonly signal = this.abort.signal;

  moved(): void {
    this.timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.timer);
  }
}

/**
 * Writes the body of an answer into a new file, bounded, a part at a time.
 * @throws RecordingFileError for anything that is not a whole audio file
 */
export const saveAudio = async (
  response: Response,
  path: string,
  options: { maxBytes: number; idle: IdleLimit },
): Promise<SavedAudio> => {
  if (!response.body) throw notAudio('what came is empty');
  const promised = Number(response.headers.get('content-length') ?? NaN);
  if (promised > options.maxBytes) {
    await response.body.cancel();
    throw tooLarge(options.maxBytes);
  }
  const audio = new AudioCheck(options.maxBytes, () => options.idle.moved());
  await pipeline(response.body, audio, createWriteStream(path, { flags: 'wx', flush: true }), {
    signal: options.idle.signal,
  });
  return audio.result();
};

/** What a failed exchange or write means for the recording. */
export const asFileError = (error: unknown): RecordingFileError => {
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
      const promised = this.format === 'wav' ? (promisedWavBytes(this.head) ?? 0) : 0;
      if (promised > this.maxBytes) return done(tooLarge(this.maxBytes));
    }
    if (this.bytes > this.maxBytes) return done(tooLarge(this.maxBytes));
    done(null, part);
  }

  result(): SavedAudio {
    if (!this.format || this.bytes < MIN_AUDIO_BYTES) throw notAudio('what came is empty');
    const promised = this.format === 'wav' ? promisedWavBytes(this.head) : null;
    if (promised !== null && this.bytes < promised)
      throw notAudio(`what came is cut: ${this.bytes} of ${promised} bytes`);
    return { format: this.format, bytes: this.bytes, checksum: this.hash.digest('hex') };
  }
}

const notAudio = (message: string): RecordingFileError => new RecordingFileError('not-audio', message);
const tooLarge = (maxBytes: number): RecordingFileError =>
  new RecordingFileError('refused', `the recording is larger than ${maxBytes} bytes`);
