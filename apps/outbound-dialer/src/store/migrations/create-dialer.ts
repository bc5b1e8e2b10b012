import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Campaigns, their contacts and attempts, the do-not-call list and the pace of calls. States: docs/attempts.md. */
export class CreateDialer1700000000100 implements MigrationInterface {
  readonly name = 'CreateDialer1700000000100';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['pacing', 'do_not_call', 'attempts', 'contacts', 'campaigns'])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}

const statements = [
  `CREATE TABLE campaigns (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    account_sid text NOT NULL,
    name text NOT NULL,
    opening_line text NOT NULL,
    instructions text NOT NULL,
    caller_number text NOT NULL,
    hours_from text NOT NULL,
    hours_to text NOT NULL,
    time_zone text NOT NULL,
    max_attempts integer NOT NULL,
    retry_delay_seconds integer NOT NULL,
    ring_timeout_seconds integer NOT NULL,
    calls_per_second double precision NOT NULL,
    max_concurrent_calls integer NOT NULL,
    machine_policy text NOT NULL,
    state text NOT NULL DEFAULT 'draft'
      CHECK (state IN ('draft', 'running', 'paused', 'cancelled', 'finished')),
    state_reason text,
    opening_key text,
    opening_try_at timestamptz,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    started_at timestamptz(3),
    admitted_at timestamptz NOT NULL DEFAULT now()
  )`,
  'CREATE INDEX campaigns_of_business ON campaigns (business_id, created_at DESC)',
  `CREATE INDEX campaigns_running ON campaigns (admitted_at) WHERE state = 'running'`,
  `CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaigns (id),
    number text NOT NULL,
    name text NOT NULL,
    time_zone text,
    consent boolean NOT NULL,
    outcome text,
    UNIQUE (campaign_id, number)
  )`,
  `CREATE INDEX contacts_open ON contacts (campaign_id) WHERE outcome IS NULL`,
  `CREATE TABLE attempts (
    id uuid PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaigns (id),
    contact_id uuid NOT NULL REFERENCES contacts (id),
    business_id uuid NOT NULL,
    account_sid text NOT NULL,
    from_number text NOT NULL,
    to_number text NOT NULL,
    number integer NOT NULL,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'published', 'claimed', 'asked',
      'accepted', 'ringing', 'in-progress', 'unknown', 'done')),
    outcome text,
    reason text,
    call_sid text UNIQUE,
    fence integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL DEFAULT now(),
    lease_until timestamptz,
    asked_at timestamptz(3),
    refusals integer NOT NULL DEFAULT 0,
    listings integer NOT NULL DEFAULT 0,
    check_at timestamptz,
    last_sequence integer,
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (contact_id, number),
    CHECK ((state = 'done') = (outcome IS NOT NULL))
  )`,
  `CREATE INDEX attempts_due ON attempts (campaign_id, due_at, id) WHERE state = 'planned'`,
  `CREATE INDEX attempts_moving ON attempts (campaign_id, state) WHERE state NOT IN ('planned', 'done')`,
  // An answer that was lost is found again by To and From: two of the same pair could not be told apart.
  `CREATE UNIQUE INDEX attempts_undecided ON attempts (account_sid, from_number, to_number)
    WHERE state IN ('claimed', 'asked', 'unknown')`,
  `CREATE TABLE do_not_call (
    business_id uuid,
    number text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (number, business_id)
  )`,
  `CREATE TABLE pacing (key text PRIMARY KEY, next_at timestamptz NOT NULL)`,
];
