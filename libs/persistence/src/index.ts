export { Database, type DatabaseOptions, type EntityClass, type MigrationClass } from './database';
export { migrate, revertLastMigration, type MigrateOptions } from './migrations/migrate';
export { OutboxMigration1700000000001 } from './outbox/outbox-migration';
export { appendToOutbox, type OutboxMessage } from './outbox/append';
export { PostgresOutboxStore } from './outbox/outbox-store';
export { InboxMigration1700000000002 } from './inbox/inbox-migration';
export { claimInbox, pruneInbox } from './inbox/claim';
export { type DatabaseLogger } from './logger';
export { isConnectionError } from './errors';
