import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When an attempt was claimed, and the latest claims of each rate, so that no second holds too many. Only adds: the release before runs on it. */
export class PaceDialer1700000000300 implements MigrationInterface {
  readonly name = 'PaceDialer1700000000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE attempts ADD COLUMN claimed_at timestamptz');
    await queryRunner.query(`ALTER TABLE pacing ADD COLUMN taken timestamptz[] NOT NULL DEFAULT '{}'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE pacing DROP COLUMN taken');
    await queryRunner.query('ALTER TABLE attempts DROP COLUMN claimed_at');
  }
}
