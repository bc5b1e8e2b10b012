import { SAMPLE_RATE } from '@frontdesk/audio';
import type { RecordingTrack } from './recorder';

export type RecordingStatus =
  'in-progress' | 'paused' | 'stopped' | 'processing' | 'completed' | 'absent' | 'failed' | 'deleted';

export type RecordingSource = 'StartCallRecordingAPI' | 'OutboundAPI' | 'RecordVerb' | 'DialVerb';

export interface RecordingCallback {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly string[];
}

/** A recording as it is kept; what its REST resource and its callbacks are made of. */
export interface Recording {
  readonly sid: string;
  readonly callSid: string;
  readonly source: RecordingSource;
  readonly channels: 1 | 2;
  readonly track: RecordingTrack;
  readonly startedAtMs: number;
  readonly callback: RecordingCallback | undefined;
  status: RecordingStatus;
  updatedAtMs: number;
  /** Samples of a channel once it is complete. */
  samples: number | null;
  errorCode: number | null;
  deletedAtMs: number | null;
}

/** As Twilio gives it: null while it runs, "-1" while it is processed, then whole seconds. */
export const durationText = (recording: Recording): string | null => {
  if (recording.status === 'processing') return '-1';
  return recording.samples === null ? null : String(Math.round(recording.samples / SAMPLE_RATE));
};
