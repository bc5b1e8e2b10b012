/**
 * Why there is no file for a recording: `not-ready` (Twilio is still processing: 404), `gone` (it will never come),
 * `refused` (the address or the answer is not one of Twilio's), `not-audio` (an error page, an empty or cut body),
 * `unreachable`, `no-space`, `busy` (as many are being fetched as may be at once).
 */
export type RecordingFileFailure =
  'not-ready' | 'gone' | 'refused' | 'not-audio' | 'unreachable' | 'no-space' | 'busy';

export class RecordingFileError extends Error {
  constructor(
    readonly failure: RecordingFileFailure,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'RecordingFileError';
  }

  /** Whether the file may be there later. */
  get isRetryable(): boolean {
    return this.failure !== 'gone' && this.failure !== 'refused';
  }
}
