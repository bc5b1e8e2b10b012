import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Where the replica that holds a claim is reached, so that others can listen to what it makes. Expands only. */
export class AddClaimAddress1700000000170 implements MigrationInterface {
  readonly name = 'AddClaimAddress1700000000170';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE synthesis_claims ADD COLUMN address text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE synthesis_claims DROP COLUMN address');
  }
}
