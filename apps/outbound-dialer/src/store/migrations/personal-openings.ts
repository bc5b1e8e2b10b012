import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Opening lines that name the person: each contact has its own. Only adds: the release before runs on it. */
export class PersonalOpenings1700000000400 implements MigrationInterface {
  readonly name = 'PersonalOpenings1700000000400';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE campaigns ADD COLUMN is_personal boolean NOT NULL DEFAULT false');
    // Those there are: who waits to be called shall hear the name.
    await queryRunner.query(`UPDATE campaigns SET is_personal = true, opening_key = NULL
      WHERE state IN ('draft', 'running', 'paused') AND opening_line ~* '\\{[a-z][a-z0-9_]{0,40}\\}'`);
    await queryRunner.query(`ALTER TABLE contacts
      ADD COLUMN opening_key text,
      ADD COLUMN opening_text text,
      ADD COLUMN opening_is_ready boolean NOT NULL DEFAULT false,
      ADD COLUMN opening_asked_at timestamptz,
      ADD COLUMN opening_try_at timestamptz`);
    // Pages of contacts in the order of upload.
    await queryRunner.query('CREATE INDEX contacts_in_order ON contacts (campaign_id, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX contacts_in_order');
    await queryRunner.query(`ALTER TABLE contacts
      DROP COLUMN opening_key,
      DROP COLUMN opening_text,
      DROP COLUMN opening_is_ready,
      DROP COLUMN opening_asked_at,
      DROP COLUMN opening_try_at`);
    await queryRunner.query('ALTER TABLE campaigns DROP COLUMN is_personal');
  }
}
