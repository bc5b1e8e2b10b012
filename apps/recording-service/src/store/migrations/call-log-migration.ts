import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The call log as it begins: calls and what belongs to each. */
export class CallLogMigration1700000000100 implements MigrationInterface {
  readonly name = 'CallLogMigration1700000000100';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE erasures, transcripts, recording_starts, recordings, turns, call_streams, events, calls',
    );
  }
}

const statements = [
  // One row a call, whatever arrives first: an event, a callback or what the reconciler read at Twilio.
  `CREATE TABLE calls (
    call_sid text PRIMARY KEY,
    account_sid text,
    business_id uuid,
    direction text CHECK (direction IN ('inbound', 'outbound')),
    from_number text,
    to_number text,
    attempt_id uuid,
    locale text,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,
    end_generation integer,
    end_seq integer,
    figures jsonb,
    recording_url text,
    -- When to ask Twilio about this call; null once nothing is missing.
    reconcile_after timestamptz,
    reconcile_attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX calls_newest ON calls (started_at DESC, call_sid DESC)',
  'CREATE INDEX calls_of_business ON calls (business_id, started_at DESC, call_sid DESC)',
  'CREATE INDEX calls_to_reconcile ON calls (reconcile_after) WHERE reconcile_after IS NOT NULL',

  // As they came; the id is what a repeated delivery is known by.
  `CREATE TABLE events (
    id text PRIMARY KEY,
    call_sid text NOT NULL,
    business_id uuid,
    type text NOT NULL,
    generation integer NOT NULL,
    seq integer NOT NULL,
    at timestamptz NOT NULL,
    data jsonb NOT NULL
  )`,
  'CREATE INDEX events_of_call ON events (call_sid, generation, seq)',

  `CREATE TABLE call_streams (
    call_sid text NOT NULL REFERENCES calls ON DELETE CASCADE,
    generation integer NOT NULL,
    stream_sid text NOT NULL,
    business_id uuid,
    started_at timestamptz NOT NULL,
    PRIMARY KEY (call_sid, generation)
  )`,

  `CREATE TABLE turns (
    call_sid text NOT NULL REFERENCES calls ON DELETE CASCADE,
    generation integer NOT NULL,
    seq integer NOT NULL,
    business_id uuid,
    speaker text NOT NULL CHECK (speaker IN ('caller', 'agent')),
    item_id text NOT NULL,
    said text NOT NULL,
    heard text NOT NULL,
    estimated boolean NOT NULL,
    interrupted boolean NOT NULL,
    started_at_ms double precision NOT NULL,
    ended_at_ms double precision NOT NULL,
    PRIMARY KEY (call_sid, generation, seq)
  )`,

  `CREATE TABLE recordings (
    recording_sid text PRIMARY KEY,
    call_sid text NOT NULL REFERENCES calls ON DELETE CASCADE,
    account_sid text,
    business_id uuid,
    kind text NOT NULL CHECK (kind IN ('conversation', 'message', 'transfer')),
    status text NOT NULL CHECK (status IN ('in-progress', 'processing', 'completed', 'absent', 'deleted')),
    url text,
    duration_seconds double precision,
    channels integer,
    started_at timestamptz,
    error_code text,
    -- Name of the file in the cache, without suffix; decided once, so that two recordings never share one.
    file_stem text NOT NULL UNIQUE,
    checksum text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX recordings_of_call ON recordings (call_sid)',

  // Written before Twilio is asked: one recording a call, however often the gateway asks.
  `CREATE TABLE recording_starts (
    call_sid text PRIMARY KEY REFERENCES calls ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('claimed', 'started', 'refused')),
    recording_sid text,
    reason text,
    claimed_at timestamptz NOT NULL DEFAULT now()
  )`,

  `CREATE TABLE transcripts (
    id uuid PRIMARY KEY,
    recording_sid text NOT NULL UNIQUE REFERENCES recordings ON DELETE CASCADE,
    call_sid text NOT NULL,
    business_id uuid,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed')),
    language text,
    text text NOT NULL DEFAULT '',
    segments jsonb NOT NULL DEFAULT '[]',
    error text,
    -- Who works on it, until when; written before anything is paid for.
    claim uuid,
    claimed_until timestamptz,
    -- Paid requests asked so far, and the answers already had, by channel and piece: none is paid for twice.
    paid_requests integer NOT NULL DEFAULT 0,
    answers jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX transcripts_of_call ON transcripts (call_sid)',

  // Calls whose data was deleted: late events and callbacks must not bring them back, and what lies at Twilio is
  // erased as soon as Twilio answers. Holds no personal data.
  `CREATE TABLE erasures (
    call_sid text PRIMARY KEY,
    account_sid text,
    recording_sids text[] NOT NULL DEFAULT '{}',
    requested_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz
  )`,
];
