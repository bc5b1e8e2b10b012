import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Attempts per day, countries of numbers, machine detection, repeatable uploads, counters of progress, and indexes for
 * what is looked for all the time. Only adds: the release before runs on it.
 */
export class ExtendDialer1700000000200 implements MigrationInterface {
  readonly name = 'ExtendDialer1700000000200';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

/** Changes of `table` are counted in the transaction that makes them; `standing` says where a row counts. */
const counted = (table: string, standing: string): string[] => [
  `CREATE FUNCTION count_${table}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO progress (campaign_id, standing, n)
          SELECT campaign_id, ${standing}, count(*) FROM new_rows WHERE ${standing} IS NOT NULL GROUP BY 1, 2;
      ELSE
        INSERT INTO progress (campaign_id, standing, n)
          SELECT campaign_id, standing, sum(n) FROM (
            SELECT campaign_id, ${standing} AS standing, 1 AS n FROM new_rows
            UNION ALL SELECT campaign_id, ${standing}, -1 FROM old_rows) AS change
          WHERE standing IS NOT NULL GROUP BY 1, 2 HAVING sum(n) <> 0;
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER count_inserted AFTER INSERT ON ${table}
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_${table}()`,
  `CREATE TRIGGER count_updated AFTER UPDATE ON ${table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION count_${table}()`,
];

const standingOfAttempt = `CASE WHEN state IN ('planned', 'published') THEN 'queued'
  WHEN state = 'in-progress' THEN 'inProgress' WHEN state <> 'done' THEN 'dialling' END`;
const standingOfContact = `'done:' || outcome`;

const up = [
  `ALTER TABLE campaigns
    ADD COLUMN max_attempts_per_day integer NOT NULL DEFAULT 3,
    ADD COLUMN resumed_at timestamptz(3)`,
  'ALTER TABLE contacts ADD COLUMN country text',
  'ALTER TABLE attempts ADD COLUMN answered_by text, ADD COLUMN machine_check_at timestamptz',
  `CREATE INDEX attempts_leased ON attempts (lease_until) WHERE state IN ('claimed', 'asked')`,
  `CREATE INDEX attempts_published ON attempts (changed_at) WHERE state = 'published'`,
  `CREATE INDEX attempts_to_check ON attempts (check_at)
    WHERE state IN ('unknown', 'accepted', 'ringing', 'in-progress')`,
  'CREATE INDEX attempts_machine ON attempts (machine_check_at) WHERE machine_check_at IS NOT NULL',
  `CREATE INDEX attempts_of_number ON attempts (business_id, to_number, asked_at)`,
  `CREATE INDEX attempts_ended ON attempts (campaign_id, changed_at DESC) WHERE state = 'done'`,
  `CREATE TABLE uploads (
    campaign_id uuid NOT NULL REFERENCES campaigns (id),
    key text NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, key)
  )`,
  // Only added to, so that transactions of one campaign never wait for each other; joined from time to time.
  'CREATE TABLE progress (campaign_id uuid NOT NULL, standing text NOT NULL, n integer NOT NULL)',
  'CREATE INDEX progress_of_campaign ON progress (campaign_id)',
  `INSERT INTO progress (campaign_id, standing, n)
    SELECT campaign_id, ${standingOfAttempt}, count(*) FROM attempts WHERE state <> 'done' GROUP BY 1, 2
    UNION ALL
    SELECT campaign_id, ${standingOfContact}, count(*) FROM contacts WHERE outcome IS NOT NULL GROUP BY 1, 2`,
  ...counted('attempts', standingOfAttempt),
  ...counted('contacts', standingOfContact),
];

const down = [
  ...['attempts', 'contacts'].flatMap((table) => [
    `DROP TRIGGER count_inserted ON ${table}`,
    `DROP TRIGGER count_updated ON ${table}`,
    `DROP FUNCTION count_${table}()`,
  ]),
  'DROP TABLE progress',
  'DROP TABLE uploads',
  ...['leased', 'published', 'to_check', 'machine', 'of_number', 'ended'].map(
    (name) => `DROP INDEX attempts_${name}`,
  ),
  'ALTER TABLE attempts DROP COLUMN answered_by, DROP COLUMN machine_check_at',
  'ALTER TABLE contacts DROP COLUMN country',
  'ALTER TABLE campaigns DROP COLUMN max_attempts_per_day, DROP COLUMN resumed_at',
];
