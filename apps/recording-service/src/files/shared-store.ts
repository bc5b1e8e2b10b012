import { AwsV4Signer } from 'aws4fetch';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { type AudioFormat } from './audio-format';
import { type CachedFile } from './file-cache';
import { RecordingFileError } from './recording-file-error';
import { asFileError, IdleLimit, saveAudio, type SavedAudio } from './save-audio';

export interface SharedStoreOptions {
  /** Endpoint and bucket, perhaps a prefix: `https://s3.eu-west-1.amazonaws.com/my-bucket/recordings`. */
  url: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const FORMATS: readonly AudioFormat[] = ['wav', 'mp3'];
const CHECKSUM_HEADER = 'x-amz-meta-sha256';
/** Of a request without a body. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * A bucket of an S3-compatible store that all replicas share: what one downloaded from Twilio, the others take from here.
 * Requests are signed by aws4fetch (no dependencies) and sent by fetch: of the vendor's own client, with its hundred
 * packages, three calls would be used. Addresses have the bucket in their path, which every such store understands.
 */
export class SharedStore {
  constructor(private readonly options: SharedStoreOptions) {}

  /**
   * Fetches a recording into a new file, checked as a download is, and against the checksum it was put with.
   * @returns null when it is not there
   */
  async fetchTo(path: string, stem: string, maxBytes: number): Promise<SavedAudio | null> {
    for (const format of FORMATS) {
      const found = await this.fetchOne(path, `${stem}.${format}`, maxBytes);
      if (found) return found;
    }
    return null;
  }

  /** Puts a whole file; the store itself compares its bytes with the checksum that was signed. */
  async put(stem: string, file: CachedFile, checksum: string): Promise<void> {
    const headers = {
      'content-type': file.format === 'wav' ? 'audio/wav' : 'audio/mpeg',
      'content-length': String(file.bytes),
      'x-amz-content-sha256': checksum,
      [CHECKSUM_HEADER]: checksum,
    };
    using idle = new IdleLimit();
    const bytes = Readable.from(watched(file.path, idle));
    const response = await this.send('PUT', `${stem}.${file.format}`, headers, idle.signal, bytes);
    await expectStatus(response, [200]);
  }

  /** Removes a recording; what is not there is gone already. */
  async remove(stem: string): Promise<void> {
    for (const format of FORMATS) {
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      await expectStatus(await this.send('DELETE', `${stem}.${format}`, {}, signal), [200, 204, 404]);
    }
  }

  private async fetchOne(path: string, name: string, maxBytes: number): Promise<SavedAudio | null> {
    using idle = new IdleLimit();
    try {
      const response = await this.send('GET', name, {}, idle.signal);
      if (response.status === 404) {
        await response.body?.cancel();
        return null;
      }
      if (response.status !== 200) await expectStatus(response, [200]);
      const saved = await saveAudio(response, path, { maxBytes, idle });
      const expected = response.headers.get(CHECKSUM_HEADER);
      if (expected !== null && expected !== saved.checksum)
        throw new RecordingFileError('not-audio', 'the shared store holds other bytes than were put there');
      return saved;
    } catch (error) {
      throw asFileError(error);
    }
  }

  private async send(
    method: 'GET' | 'PUT' | 'DELETE',
    name: string,
    headers: Record<string, string>,
    signal: AbortSignal,
    bytes?: Readable,
  ): Promise<Response> {
    const { url, region, accessKeyId, secretAccessKey } = this.options;
    const signed = await new AwsV4Signer({
      method,
      url: `${url}/${name}`,
      headers,
      service: 's3',
      region,
      accessKeyId,
      secretAccessKey,
    }).sign();
    const body = bytes && { body: Readable.toWeb(bytes) as ReadableStream, duplex: 'half' as const };
    return fetch(signed.url, { method, headers: signed.headers, redirect: 'error', signal, ...body });
  }
}

async function* watched(path: string, idle: IdleLimit): AsyncGenerator<Buffer> {
  for await (const part of createReadStream(path)) {
    idle.moved();
    yield part as Buffer;
  }
}

const expectStatus = async (response: Response, statuses: readonly number[]): Promise<void> => {
  await response.body?.cancel();
  if (!statuses.includes(response.status))
    throw new RecordingFileError('unreachable', `the shared store answered ${response.status}`);
};
