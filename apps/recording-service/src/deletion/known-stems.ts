import { type EntityManager } from 'typeorm';

/** Which of these files still belong to a recording: those of deleted calls do not, whichever replica deleted them. */
export const knownStems = async (
  manager: EntityManager,
  stems: readonly string[],
): Promise<ReadonlySet<string>> => {
  const rows = await manager.query<{ stem: string }[]>(
    'SELECT file_stem AS stem FROM recordings WHERE file_stem = ANY($1)',
    [stems],
  );
  return new Set(rows.map(({ stem }) => stem));
};
