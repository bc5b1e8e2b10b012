import { type EntityManager } from 'typeorm';
import { type FramesPool } from '../../cache/frames';
import { SPOKEN_KEY } from './spoken-key';
import { type CurrentFrames } from './wanted-frames';

export interface FramesMade {
  readonly key: string;
  readonly frames: number;
  readonly provider: string;
  readonly model: string;
  readonly madeAt: Date;
}

/** What exists of these keys, without the audio. */
export const findFramesMade = async (
  manager: EntityManager,
  keys: readonly string[],
  { provenances, pipelineVersion }: CurrentFrames,
): Promise<Map<string, FramesMade>> => {
  const rows = await manager.query<FramesMade[]>(
    `SELECT ${SPOKEN_KEY} AS key, frame_count AS frames, provider, model, created_at AS "madeAt" FROM frames
     WHERE ${SPOKEN_KEY} = ANY($1) AND pipeline_version = $3 AND provider || '/' || model = ANY($2)
     ORDER BY array_position($2::text[], provider || '/' || model) DESC`,
    [keys, provenances, pipelineVersion],
  );
  return new Map(rows.map((row) => [row.key, row]));
};

/** How much of the durable level each pool takes. */
export const countFrames = async (
  manager: EntityManager,
): Promise<{ pool: FramesPool; entries: number; bytes: number }[]> => {
  const rows = await manager.query<{ pool: FramesPool; entries: string; bytes: string }[]>(
    `SELECT pool, count(*) AS entries, coalesce(sum(frame_count), 0) * 160 AS bytes FROM frames GROUP BY pool`,
  );
  return rows.map(({ pool, entries, bytes }) => ({ pool, entries: Number(entries), bytes: Number(bytes) }));
};
