import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What a call of the business does about a caller who says nothing, and the key that opts out of further calls. The
 * default serves rows of before, and a previous release that still writes: asked after 10 s, ended after 15 s more.
 */
export class AddCallRules1700000000120 implements MigrationInterface {
  readonly name = 'AddCallRules1700000000120';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE profiles
        ADD COLUMN silent_caller jsonb DEFAULT '{"askAfterMs": 10000, "endAfterMs": 15000}',
        ADD COLUMN opt_out_key text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE profiles DROP COLUMN silent_caller, DROP COLUMN opt_out_key');
  }
}
