import { type Frames } from '../../cache/frames';

/** SQL: the key that a row of `frames` is asked for by. Rows of the release before 160 have it as their primary key. */
export const SPOKEN_KEY = 'coalesce(frames.spoken_key, frames.key)';

/** The primary key of frames: each maker's are a row, so that two releases side by side never replace each other's. */
export const rowKeyOf = (
  { key, provider, model }: Pick<Frames, 'key' | 'provider' | 'model'>,
  pipelineVersion: number,
): string => `${key}:${pipelineVersion}:${provider}/${model}`;
