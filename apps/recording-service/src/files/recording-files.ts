import { type Logger, type Metrics } from '@frontdesk/observability';
import { SingleFlight } from '@frontdesk/runtime';
import { rm } from 'node:fs/promises';
import { recordingEvents } from '../events';
import { type RecordingRow } from '../store/entities';
import { type AudioFormat, contentTypes } from './audio-format';
import { download, type Downloaded } from './download';
import { FileCache } from './file-cache';
import { MediaHosts } from './media-hosts';
import { RecordingFileError } from './recording-file-error';

export interface RecordingFile {
  readonly path: string;
  readonly format: AudioFormat;
  readonly contentType: string;
  readonly bytes: number;
}

/** What of a recording's row its file needs. */
export type FileOfRecording = Pick<
  RecordingRow,
  'recordingSid' | 'callSid' | 'accountSid' | 'status' | 'url' | 'channels' | 'fileStem'
>;

export interface RecordingFilesOptions {
  folder: string;
  maxBytes: number;
  /** Suffixes to try after the URL, in order; '' is the bare URL. */
  formats: readonly string[];
  apiBaseUrl: string | undefined;
  credentials: { accountSid: string; authToken: string };
  /** Told of each completed download, to keep its checksum; false when the recording was deleted meanwhile. */
  onDownloaded?: (recordingSid: string, downloaded: Downloaded) => Promise<boolean>;
  logger: Logger;
  metrics: Metrics;
}

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
    const cache = new FileCache(options.folder, options.maxBytes, (name, bytes) =>
      options.logger.info(recordingEvents.evicted, { name, bytes }),
    );
    await cache.open();
    return new RecordingFiles(options, cache, new MediaHosts(options.apiBaseUrl));
  }

  /**
   * The recording's file: the local one if it is there, else one download, however many ask at once, from the URL that
   * Twilio gave, trying the configured suffixes. Its duration and size as reported play no part.
   * @throws RecordingFileError
   */
  async getRecordingFile(recording: FileOfRecording): Promise<RecordingFile> {
    const local = await this.cache.find(recording.fileStem);
    if (local) return { ...local, contentType: contentTypes[local.format] };
    return this.flights.run(recording.recordingSid, () => this.load(recording));
  }

  /** Forgets the file of a recording whose data is deleted. */
  remove(fileStem: string): Promise<void> {
    return this.cache.remove(fileStem);
  }

  private async load(recording: FileOfRecording): Promise<RecordingFile> {
    try {
      const file = await this.tryFormats(recording);
      this.downloads.inc({ outcome: 'completed' });
      return file;
    } catch (error) {
      const failure = error instanceof RecordingFileError ? error.failure : 'unreachable';
      this.downloads.inc({ outcome: failure });
      if (failure === 'no-space') await this.cache.evict(this.options.maxBytes / 2);
      throw error;
    }
  }

  private async tryFormats(recording: FileOfRecording): Promise<RecordingFile> {
    if (recording.status === 'absent' || recording.status === 'deleted')
      throw new RecordingFileError('gone', `Twilio has no audio: ${recording.status}`);
    if (!recording.url)
      throw new RecordingFileError('not-ready', 'Twilio has not said where the recording is');
    for (const address of this.addressesOf(recording.url, recording.channels)) {
      const file = await this.downloadTo(recording, address);
      if (file) return file;
    }
    throw new RecordingFileError('not-ready', 'Twilio is still processing the recording');
  }

  /** Two channels are asked for by name first; a recording that has only one answers 400 and is asked again as it is. */
  private addressesOf(url: string, channels: number | null): string[] {
    return this.options.formats.flatMap((suffix) => {
      const plain = withSuffix(url, suffix);
      return channels === 2 && suffix !== '.mp3' ? [withChannels(plain), plain] : [plain];
    });
  }

  private async downloadTo(recording: FileOfRecording, address: string): Promise<RecordingFile | null> {
    const part = this.cache.reserve(recording.fileStem);
    try {
      const downloaded = await download(address, part, {
        hosts: this.hosts,
        authorization: this.authorization(),
        maxBytes: this.options.maxBytes,
      });
      if (!downloaded) return null;
      const file = await this.cache.commit(part, recording.fileStem, downloaded.format);
      if ((await this.options.onDownloaded?.(recording.recordingSid, downloaded)) === false) {
        await this.cache.remove(recording.fileStem);
        throw new RecordingFileError('gone', 'the recording was deleted while it was fetched');
      }
      const { callSid, recordingSid } = recording;
      this.options.logger.info(recordingEvents.downloaded, { callSid, recordingSid, bytes: file.bytes });
      return { ...file, contentType: contentTypes[file.format] };
    } finally {
      await rm(part, { force: true });
    }
  }

  private authorization(): string {
    const { accountSid, authToken } = this.options.credentials;
    return `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  }
}

const withSuffix = (url: string, suffix: string): string => {
  const [path = '', query] = url.split('?');
  return `${path.replace(/\.(wav|mp3|json)$/, '')}${suffix}${query === undefined ? '' : `?${query}`}`;
};

const withChannels = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}RequestedChannels=2`;
