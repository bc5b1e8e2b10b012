import { InboxMigration1700000000002, OutboxMigration1700000000001 } from '@frontdesk/persistence';
import { CallLogMigration1700000000100 } from './call-log-migration';
import { CompleteCallLogMigration1700000000200 } from './complete-call-log-migration';
import { DownloadTurnsMigration1700000000310 } from './download-turns-migration';
import { ProfileRetentionMigration1700000000300 } from './profile-retention-migration';

/** In order; a migration that has been released is never edited. */
export const migrations = [
  OutboxMigration1700000000001,
  InboxMigration1700000000002,
  CallLogMigration1700000000100,
  CompleteCallLogMigration1700000000200,
  ProfileRetentionMigration1700000000300,
  DownloadTurnsMigration1700000000310,
];
