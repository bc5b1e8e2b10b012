import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Frames of one key by several makers (provider, model, pipeline) side by side: the key that they are asked for by is a
 * column of its own. Rows of the release before have none, and that release sees its own rows as ever.
 */
export class KeepFramesByMaker1700000000160 implements MigrationInterface {
  readonly name = 'KeepFramesByMaker1700000000160';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE frames ADD COLUMN spoken_key text');
    await queryRunner.query(
      'CREATE INDEX frames_by_spoken_key ON frames ((coalesce(frames.spoken_key, frames.key)))',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // The release before would find them under no key.
    await queryRunner.query('DELETE FROM frames WHERE spoken_key IS NOT NULL');
    await queryRunner.query('ALTER TABLE frames DROP COLUMN spoken_key');
  }
}
