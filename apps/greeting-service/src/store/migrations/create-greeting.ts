import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Profiles with their revision, the numbers they answer, finished frames, and claims on those being made. */
export class CreateGreeting1700000000100 implements MigrationInterface {
  readonly name = 'CreateGreeting1700000000100';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE SEQUENCE profile_revision');
    await queryRunner.query(`
      CREATE TABLE profiles (
        id uuid PRIMARY KEY,
        revision bigint NOT NULL UNIQUE,
        name text NOT NULL,
        locale text,
        voice text,
        greeting_text text NOT NULL,
        instructions text NOT NULL,
        tools jsonb NOT NULL,
        transfer_number text,
        fallback_prompt text,
        greeting_protect_ms integer,
        retention_days integer,
        spoken_fingerprint text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3)
      )`);
    await queryRunner.query(`
      CREATE TABLE phone_numbers (
        number text PRIMARY KEY,
        business_id uuid NOT NULL REFERENCES profiles (id),
        position integer NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX phone_numbers_of_business ON phone_numbers (business_id)');
    await queryRunner.query(`
      CREATE TABLE frames (
        key text PRIMARY KEY,
        business_id uuid NOT NULL,
        pool text NOT NULL CHECK (pool IN ('greeting', 'phrase', 'campaign')),
        locale text NOT NULL,
        voice text NOT NULL,
        text text NOT NULL,
        provider text NOT NULL,
        model text NOT NULL,
        pipeline_version integer NOT NULL,
        mulaw bytea NOT NULL,
        frame_count integer NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CHECK (frame_count > 0 AND octet_length(mulaw) = frame_count * 160)
      )`);
    await queryRunner.query('CREATE INDEX frames_of_business ON frames (business_id)');
    // Mu-law of speech hardly compresses: out of line and uncompressed is the fastest to read.
    await queryRunner.query('ALTER TABLE frames ALTER COLUMN mulaw SET STORAGE EXTERNAL');
    await queryRunner.query(`
      CREATE TABLE synthesis_claims (
        key text PRIMARY KEY,
        business_id uuid NOT NULL,
        owner text NOT NULL,
        expires_at timestamptz NOT NULL
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['synthesis_claims', 'frames', 'phone_numbers', 'profiles'])
      await queryRunner.query(`DROP TABLE ${table}`);
    await queryRunner.query('DROP SEQUENCE profile_revision');
  }
}
