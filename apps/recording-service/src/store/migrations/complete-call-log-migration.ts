import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Outcome, quality, search, retention; what transcriptions were tried and paid. The release before runs on it as well. */
export class CompleteCallLogMigration1700000000200 implements MigrationInterface {
  readonly name = 'CompleteCallLogMigration1700000000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `ALTER TABLE calls
    -- Derived from events, recordings and turns by refresh-call; never written by arrival.
    ADD COLUMN outcome text,
    ADD COLUMN has_message boolean NOT NULL DEFAULT false,
    ADD COLUMN quality jsonb,
    ADD COLUMN input_tokens bigint,
    ADD COLUMN output_tokens bigint,
    -- Words as search-words makes them, without positions.
    ADD COLUMN search tsvector`,
  `UPDATE calls SET outcome = CASE WHEN ended_at IS NULL THEN 'live' ELSE 'completed' END`,
  'CREATE INDEX calls_by_words ON calls USING gin (search)',
  'CREATE INDEX calls_with_message ON calls (business_id, started_at DESC, call_sid DESC) WHERE has_message',

  'ALTER TABLE recordings ADD COLUMN downloads integer NOT NULL DEFAULT 0',

  `ALTER TABLE transcripts
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    -- When its job is given out again, should it not have been finished until then.
    ADD COLUMN next_try_at timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    -- Asked of the provider without a known answer, by channel and piece: may have been billed.
    ADD COLUMN asked jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN repeated_requests integer NOT NULL DEFAULT 0,
    ADD COLUMN audio_seconds double precision NOT NULL DEFAULT 0`,
  `CREATE INDEX transcripts_due ON transcripts (next_try_at) WHERE status IN ('queued', 'running')`,

  `CREATE TABLE retention (
    business_id uuid PRIMARY KEY,
    days integer NOT NULL CHECK (days BETWEEN 1 AND 3650),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,

  // Every consumer here has a natural key: the event's id, the recording's SID.
  'DROP TABLE inbox',
];

const down = [
  `CREATE TABLE inbox (
    consumer text NOT NULL,
    event_id text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
  )`,
  'CREATE INDEX inbox_seen_at ON inbox (seen_at)',
  'DROP TABLE retention',
  `ALTER TABLE transcripts DROP COLUMN attempts, DROP COLUMN next_try_at, DROP COLUMN asked,
    DROP COLUMN repeated_requests, DROP COLUMN audio_seconds`,
  'ALTER TABLE recordings DROP COLUMN downloads',
  `ALTER TABLE calls DROP COLUMN outcome, DROP COLUMN has_message, DROP COLUMN quality, DROP COLUMN input_tokens,
    DROP COLUMN output_tokens, DROP COLUMN search`,
];
