import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The keys that gateways were told with a profile's revision; frames that somebody asked for and that no profile speaks;
 * and when a campaign opening was last of use. Expands only: the previous release neither reads nor needs any of it.
 */
export class AddSpeechPlans1700000000150 implements MigrationInterface {
  readonly name = 'AddSpeechPlans1700000000150';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE profiles ADD COLUMN speech_plan jsonb');
    await queryRunner.query('ALTER TABLE frames ADD COLUMN used_at timestamptz NOT NULL DEFAULT now()');
    await queryRunner.query(`CREATE INDEX frames_campaign_use ON frames (used_at) WHERE pool = 'campaign'`);
    await queryRunner.query(`
      CREATE TABLE wanted_frames (
        key text PRIMARY KEY,
        business_id uuid NOT NULL,
        pool text NOT NULL CHECK (pool IN ('greeting', 'phrase', 'campaign')),
        locale text NOT NULL,
        voice text NOT NULL,
        text text NOT NULL,
        asked_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query('CREATE INDEX wanted_frames_of_business ON wanted_frames (business_id)');
    await queryRunner.query('CREATE INDEX wanted_frames_by_age ON wanted_frames (asked_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE wanted_frames');
    await queryRunner.query('ALTER TABLE frames DROP COLUMN used_at');
    await queryRunner.query('ALTER TABLE profiles DROP COLUMN speech_plan');
  }
}
