import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What profiles say of how long calls are kept, and up to which revision they were read. Expands only. */
export class ProfileRetentionMigration1700000000300 implements MigrationInterface {
  readonly name = 'ProfileRetentionMigration1700000000300';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE profile_retention (
        business_id uuid PRIMARY KEY,
        days integer NOT NULL CHECK (days BETWEEN 1 AND 3650)
      )`);
    await queryRunner.query(`
      CREATE TABLE profiles_seen (
        is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
        revision bigint NOT NULL
      )`);
    await queryRunner.query('INSERT INTO profiles_seen (revision) VALUES (0)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE profiles_seen');
    await queryRunner.query('DROP TABLE profile_retention');
  }
}
