import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The outbox of a service that writes events in the transaction of what they tell. First in an app's migrations. */
export class OutboxMigration1700000000001 implements MigrationInterface {
  readonly name = 'OutboxMigration1700000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        value jsonb NOT NULL,
        headers jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE outbox');
  }
}
