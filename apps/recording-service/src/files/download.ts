import { type MediaHosts } from './media-hosts';
import { RecordingFileError } from './recording-file-error';
import { asFileError, IdleLimit, saveAudio, type SavedAudio } from './save-audio';

const MAX_REDIRECTS = 3;

export interface DownloadOptions {
  hosts: MediaHosts;
  /** `Basic …` for Twilio's media, which always wants it. */
  authorization: string;
  maxBytes: number;
}

/**
 * Fetches one address into a new file. The only place that downloads recordings from Twilio.
 * @returns null when the address answered 404, or 400 (two channels asked of a mono recording)
 * @throws RecordingFileError for anything that is not a whole audio file
 */
export const download = async (
  address: string,
  path: string,
  options: DownloadOptions,
): Promise<SavedAudio | null> => {
  using idle = new IdleLimit();
  try {
    const response = await follow(address, options, idle.signal);
    if (response.status === 404 || response.status === 400) {
      await response.body?.cancel();
      return null;
    }
    if (response.status !== 200) throw await refusal(response);
    return await saveAudio(response, path, { maxBytes: options.maxBytes, idle });
  } catch (error) {
    throw asFileError(error);
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
