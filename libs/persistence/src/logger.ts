/** What this lib needs of a logger; the one of @frontdesk/observability fits. */
export interface DatabaseLogger {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
}
