import { type EntityManager } from 'typeorm';
import { type FileSource } from '../../files/recording-files';

/**
 * Notes the checksum of a recording's file, and each completed download from Twilio. A file that was found without a
 * checksum was downloaded by a process that died before it could say so.
 * @returns false when there is no such recording (any more)
 */
export const keepFile = async (
  manager: EntityManager,
  recordingSid: string,
  checksum: string,
  source: FileSource,
): Promise<boolean> => {
  const [, count] = await manager.query<[unknown, number]>(
    `UPDATE recordings SET checksum = $2,
       downloads = CASE $3 WHEN 'twilio' THEN downloads + 1 WHEN 'found' THEN GREATEST(downloads, 1) ELSE downloads END
     WHERE recording_sid = $1`,
    [recordingSid, checksum, source],
  );
  return count > 0;
};
