import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which events a consumer has handled, for handlers without a natural key of their own. */
export class InboxMigration1700000000002 implements MigrationInterface {
  readonly name = 'InboxMigration1700000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE inbox (
        consumer text NOT NULL,
        event_id text NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, event_id)
      )`);
    await queryRunner.query('CREATE INDEX inbox_seen_at ON inbox (seen_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE inbox');
  }
}
