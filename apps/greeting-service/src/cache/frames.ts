import { FRAME_BYTES } from '@frontdesk/audio';
import { type SpeechRequest } from '../pipeline/frames-key';

/** Each pool has its own bound, so that no phrase or campaign opening ever evicts a greeting (GR3). */
export const framesPools = ['greeting', 'phrase', 'campaign'] as const;
export type FramesPool = (typeof framesPools)[number];

/** Something that should exist as frames. */
export interface FramesRequest extends SpeechRequest {
  readonly key: string;
  readonly pool: FramesPool;
}

/** Finished frames, ready for the phone. */
export interface Frames {
  readonly key: string;
  readonly businessId: string;
  readonly pool: FramesPool;
  /** 8 kHz mu-law, a whole number of 160-byte frames. */
  readonly mulaw: Buffer;
  /** Who spoke it. */
  readonly provider: string;
  readonly model: string;
}

export const frameCount = (frames: Pick<Frames, 'mulaw'>): number => frames.mulaw.length / FRAME_BYTES;

/** What made the frames. Frames of another provider, model or pipeline count as missing (GR3). */
export interface Provenance {
  /** In the order in which they are asked. */
  readonly providers: readonly { readonly provider: string; readonly model: string }[];
  readonly pipelineVersion: number;
}
