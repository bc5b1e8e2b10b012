import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which replica downloads a recording that goes into the shared store. Expands only. */
export class DownloadTurnsMigration1700000000310 implements MigrationInterface {
  readonly name = 'DownloadTurnsMigration1700000000310';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE download_turns (
        recording_sid text PRIMARY KEY,
        owner uuid NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE download_turns');
  }
}
