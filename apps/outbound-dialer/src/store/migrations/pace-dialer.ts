import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When an attempt was claimed, by which the rates are seen to hold. Only adds: the release before runs on it. */
export class PaceDialer1700000000300 implements MigrationInterface {
  readonly name = 'PaceDialer1700000000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE attempts ADD COLUMN claimed_at timestamptz');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE attempts DROP COLUMN claimed_at');
  }
}
