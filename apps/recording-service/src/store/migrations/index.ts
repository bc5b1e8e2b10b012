import { InboxMigration1700000000002, OutboxMigration1700000000001 } from '@frontdesk/persistence';
import { CallLogMigration1700000000100 } from './call-log-migration';

/** In order; a migration that has been released is never edited. */
export const migrations = [
  OutboxMigration1700000000001,
  InboxMigration1700000000002,
  CallLogMigration1700000000100,
];
