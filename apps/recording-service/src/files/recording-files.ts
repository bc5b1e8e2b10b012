import { type Logger, type Metrics } from '@frontdesk/observability';
import { SingleFlight } from '@frontdesk/runtime';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordingEvents } from '../events';
import { type RecordingRow } from '../store/entities';
import { type AudioFormat, contentTypes } from './audio-format';
import { checksumOf } from './checksum';
import { download } from './download';
import { DownloadLock } from './download-lock';
import { type DownloadTurns, inTurn } from './download-turns';
import { type CachedFile, FileCache } from './file-cache';
import { MediaHosts } from './media-hosts';
import { RecordingFileError } from './recording-file-error';
import { type SavedAudio } from './save-audio';
import { type SharedStore } from './shared-store';

export interface RecordingFile {
  readonly path: string;
  readonly format: AudioFormat;
  readonly contentType: string;
  readonly bytes: number;
}

/** What of a recording's row its file needs. */
export type FileOfRecording = Pick<
  RecordingRow,
  'recordingSid' | 'callSid' | 'accountSid' | 'status' | 'url' | 'channels' | 'fileStem' | 'checksum'
>;

/** Where a file came from: Twilio, the store that replicas share, or a process that died before it could tell. */
export type FileSource = 'twilio' | 'store' | 'found';

export interface RecordingFilesOptions {
  folder: string;
  /** Of the whole folder. */
  maxBytes: number;
  maxAgeMs: number;
  /** Of one recording; what is larger is refused. */
  maxRecordingBytes: number;
  /** Suffixes to try after the URL, in order; '' is the bare URL. */
  formats: readonly string[];
  apiBaseUrl: string | undefined;
  /** The auth token of an account; undefined for one that is not ours. */
  authTokenOf: (accountSid: string) => string | undefined;
  /** Whose recordings are meant where a row names no account. */
  defaultAccountSid: string;
  store?: SharedStore | undefined;
  /** Of the replicas that share the store; without it each that does not find a recording there downloads it. */
  turns?: DownloadTurns | undefined;
  /** Told of each file that came, to keep its checksum; false when the recording was deleted meanwhile. */
  onFile?: (recordingSid: string, file: SavedAudio, source: FileSource) => Promise<boolean>;
  logger: Logger;
  metrics: Metrics;
}

/** How often a process looks whether another has finished the download it waits for, and for how long at most. */
const LOOK_MS = 100;
const WAIT_MS = 15 * 60_000;

/** Files of recordings: the page that plays one and the worker that transcribes it both ask here (RE2). */
export class RecordingFiles {
  private readonly flights = new SingleFlight<RecordingFile>();
  private readonly downloads;

  private constructor(
    private readonly options: RecordingFilesOptions,
    private readonly cache: FileCache,
    private readonly hosts: MediaHosts,
  ) {
    this.downloads = options.metrics.counter('recording_downloads_total', 'Downloads of recordings', [
      'outcome',
    ]);
  }

  static async open(options: RecordingFilesOptions): Promise<RecordingFiles> {
    const { folder, maxBytes, maxAgeMs, logger } = options;
    const cache = new FileCache(folder, { maxBytes, maxAgeMs }, (name, bytes) =>
      logger.info(recordingEvents.evicted, { name, bytes }),
    );
    await cache.open();
    return new RecordingFiles(options, cache, new MediaHosts(options.apiBaseUrl));
  }

  /**
   * The recording's file: the local one if it is there, else one download, however many ask at once and from however many
   * processes that share the folder; from the shared store, if there is one and it has it, else from the URL that Twilio
   * gave, trying the configured suffixes. Its duration and size as reported play no part.
   * @throws RecordingFileError
   */
  async getRecordingFile(recording: FileOfRecording): Promise<RecordingFile> {
    const local = await this.cache.find(recording.fileStem);
    if (local && recording.checksum !== null) return shown(local);
    if (this.flights.size >= MOST_AT_ONCE && !this.flights.has(recording.recordingSid))
      throw new RecordingFileError('busy', 'as many recordings are being fetched as may be at once');
    return this.flights.run(recording.recordingSid, () => this.load(recording));
  }

  /**
   * The recording's file, open: it can be read to its end, even when the cache lets it go meanwhile. Should that happen
   * between the two, it is got again.
   * @throws RecordingFileError
   */
  async openRecordingFile(recording: FileOfRecording): Promise<{ file: RecordingFile; handle: FileHandle }> {
    for (let tries = 1; ; tries += 1) {
      const file = await this.getRecordingFile(recording);
      try {
        return { file, handle: await open(file.path, 'r') };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        if (tries === OPEN_TRIES)
          throw new RecordingFileError('no-space', 'the cache cannot hold the recording for long enough');
      }
    }
  }

  /** Forgets the file of a recording whose data is deleted, here and in the shared store. */
  async remove(fileStem: string): Promise<void> {
    await this.cache.remove(fileStem);
    await this.options.store?.remove(fileStem);
  }

  /**
   * Housekeeping: lets go what nobody used for long, and what belongs to recordings that are not known any more (deleted
   * through another replica).
   * @param known which of these stems still belong to a recording
   */
  async sweep(known: (stems: readonly string[]) => Promise<ReadonlySet<string>>): Promise<void> {
    await this.cache.expire();
    const stems = await this.cache.stems();
    for (let from = 0; from < stems.length; from += SWEEP_BATCH) {
      const batch = stems.slice(from, from + SWEEP_BATCH);
      const kept = await known(batch);
      for (const stem of batch) if (!kept.has(stem)) await this.cache.remove(stem);
    }
  }

  private async load(recording: FileOfRecording): Promise<RecordingFile> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      await using lock = await DownloadLock.tryTake(this.cache.lockOf(recording.fileStem));
      if (lock) {
        const ready = await this.cache.find(recording.fileStem);
        return ready ? shown(await this.known(recording, ready)) : await this.loadAlone(recording);
      }
      // While another is at it: a file that is there may yet have to be told of, by whoever downloaded it.
      const ready = recording.checksum !== null && (await this.cache.find(recording.fileStem));
      if (ready) return shown(ready);
      if (Date.now() > deadline)
        throw new RecordingFileError('unreachable', 'another process has been downloading it for too long');
      await sleep(LOOK_MS);
    }
  }

  /**
   * A file whose checksum nobody wrote: its process died between the two, as nobody holds the lock. It is whole, or it
   * would not be visible.
   */
  private async known(recording: FileOfRecording, file: CachedFile): Promise<CachedFile> {
    if (recording.checksum !== null) return file;
    const { format, bytes, path } = file;
    await this.tell(recording, { format, bytes, checksum: await checksumOf(path) }, 'found');
    return file;
  }

  private async loadAlone(recording: FileOfRecording): Promise<RecordingFile> {
    try {
      try {
        return await this.fetchAnew(recording);
      } catch (error) {
        // Room is made once; a disk that is full of other things stays full.
        if (!isFull(error) || !(await this.cache.makeRoom())) throw error;
        return await this.fetchAnew(recording);
      }
    } catch (error) {
      this.downloads.inc({ outcome: error instanceof RecordingFileError ? error.failure : 'unreachable' });
      throw error;
    }
  }

  private async fetchAnew(recording: FileOfRecording): Promise<RecordingFile> {
    const { store, turns } = this.options;
    const fromStore = (): Promise<RecordingFile | null> => this.fromStore(recording);
    const download = (): Promise<RecordingFile> => this.fromTwilio(recording);
    if (store && turns) return await inTurn(turns, recording.recordingSid, { fromStore, download });
    return (await fromStore()) ?? (await download());
  }

  /** A store that is away or holds something else costs a download from Twilio, no more. */
  private async fromStore(recording: FileOfRecording): Promise<RecordingFile | null> {
    const { store, maxRecordingBytes, logger } = this.options;
    if (!store) return null;
    const { callSid, recordingSid, fileStem, checksum } = recording;
    try {
      return await this.keep(recording, 'store', async (part) => {
        const saved = await store.fetchTo(part, fileStem, maxRecordingBytes);
        if (saved && checksum !== null && saved.checksum !== checksum)
          throw new RecordingFileError('not-audio', 'the shared store holds another file');
        return saved;
      });
    } catch (error) {
      if (isFull(error) || isGone(error)) throw error;
      logger.warn(recordingEvents.storeFailed, { callSid, recordingSid, error });
      return null;
    }
  }

  private async fromTwilio(recording: FileOfRecording): Promise<RecordingFile> {
    if (recording.status === 'absent' || recording.status === 'deleted')
      throw new RecordingFileError('gone', `Twilio has no audio: ${recording.status}`);
    if (!recording.url)
      throw new RecordingFileError('not-ready', 'Twilio has not said where the recording is');
    const options = {
      hosts: this.hosts,
      authorization: this.authorizationFor(recording),
      maxBytes: this.options.maxRecordingBytes,
    };
    for (const address of this.addressesOf(recording.url, recording.channels)) {
      const file = await this.keep(recording, 'twilio', (part) => download(address, part, options));
      if (file) return file;
    }
    throw new RecordingFileError('not-ready', 'Twilio is still processing the recording');
  }

  /** Writes aside, makes visible, tells. */
  private async keep(
    recording: FileOfRecording,
    source: FileSource,
    save: (part: string) => Promise<SavedAudio | null>,
  ): Promise<RecordingFile | null> {
    const { fileStem, callSid, recordingSid } = recording;
    const part = this.cache.reserve(fileStem);
    try {
      const saved = await save(part);
      if (!saved) return null;
      const file = await this.cache.commit(part, fileStem, saved.format);
      this.downloads.inc({ outcome: source === 'twilio' ? 'completed' : 'from-store' });
      await this.tell(recording, saved, source);
      this.options.logger.info(recordingEvents.downloaded, {
        callSid,
        recordingSid,
        source,
        bytes: file.bytes,
      });
      if (source === 'twilio') await this.share(recording, file, saved);
      return shown(file);
    } finally {
      await rm(part, { force: true });
    }
  }

  private async tell(recording: FileOfRecording, saved: SavedAudio, source: FileSource): Promise<void> {
    if ((await this.options.onFile?.(recording.recordingSid, saved, source)) !== false) return;
    await this.remove(recording.fileStem);
    throw new RecordingFileError('gone', 'the recording was deleted while it was fetched');
  }

  private async share(
    { fileStem, ...recording }: FileOfRecording,
    file: CachedFile,
    saved: SavedAudio,
  ): Promise<void> {
    const { store, logger } = this.options;
    if (!store) return;
    const { callSid, recordingSid } = recording;
    try {
      await store.put(fileStem, file, saved.checksum);
      // Deleted while it was put: what was deleted must not stay there.
      await this.tell({ fileStem, ...recording }, saved, 'found');
    } catch (error) {
      if (isGone(error)) throw error;
      logger.warn(recordingEvents.storeFailed, { callSid, recordingSid, error });
    }
  }

  /** Two channels are asked for by name first; a recording that has only one answers 400 and is asked again as it is. */
  private addressesOf(url: string, channels: number | null): string[] {
    return this.options.formats.flatMap((suffix) => {
      const plain = withSuffix(url, suffix);
      return channels === 2 && suffix !== '.mp3' ? [withChannels(plain), plain] : [plain];
    });
  }

  /** Each account's media wants that account's credentials. */
  private authorizationFor({ accountSid }: FileOfRecording): string {
    const sid = accountSid ?? this.options.defaultAccountSid;
    const token = this.options.authTokenOf(sid);
    if (token === undefined)
      throw new RecordingFileError('refused', 'there are no credentials for the account of this recording');
    return `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
  }
}

const SWEEP_BATCH = 500;
const OPEN_TRIES = 3;
/** Downloads under way at once in this process; who asks for one more is told to come back. */
const MOST_AT_ONCE = 32;

const shown = ({ path, format, bytes }: CachedFile): RecordingFile => ({
  path,
  format,
  bytes,
  contentType: contentTypes[format],
});

const isFull = (error: unknown): boolean =>
  error instanceof RecordingFileError && error.failure === 'no-space';
const isGone = (error: unknown): boolean => error instanceof RecordingFileError && error.failure === 'gone';

const withSuffix = (url: string, suffix: string): string => {
  const [path = '', query] = url.split('?');
  return `${path.replace(/\.(wav|mp3|json)$/, '')}${suffix}${query === undefined ? '' : `?${query}`}`;
};

const withChannels = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}RequestedChannels=2`;
