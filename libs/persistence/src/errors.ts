/** Error codes of Node and of PostgreSQL (appendix A of its manual) that pass by themselves when the server comes up. */
const PASSING_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up or in recovery
  '53300', // too_many_connections
  '08000', // connection_exception
  '08001',
  '08003', // connection_does_not_exist
  '08006', // connection_failure
]);

/** Sentences of pg and typeorm for a connection that went away; they give them no code. */
const PASSING_MESSAGES = [
  'Connection terminated',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
];

/** Sentences of typeorm for a transaction whose connection is gone, and for one that is over. */
const RELEASED_MESSAGES = [
  'Query runner already released',
  'provided by a query runner was already released',
];

/**
 * What a transaction failed with. When its connection went away between two of its queries, typeorm speaks of a released
 * query runner; within a transaction that means the connection, anywhere else a missing `await`.
 */
export const transactionError = (error: unknown): unknown => {
  const { message } = error as { message?: string };
  if (!RELEASED_MESSAGES.some((sentence) => message?.includes(sentence))) return error;
  return Object.assign(new Error('the connection was lost within a transaction', { cause: error }), {
    code: '08006',
  });
};

/** Whether the database was out of reach, as opposed to having refused what was asked. */
export const isConnectionError = (error: unknown): boolean => {
  // By shape, not by instanceof: jest runs tests in a realm of their own, where Node's own errors are not its Error.
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, driverError, errors } = error as {
    code?: string;
    message?: string;
    driverError?: unknown;
    errors?: unknown[];
  };
  if (code !== undefined && PASSING_CODES.has(code)) return true;
  if (PASSING_MESSAGES.some((sentence) => message?.includes(sentence))) return true;
  // A name with several addresses fails with one AggregateError; typeorm wraps the driver's error.
  return (errors ?? [driverError]).some(isConnectionError);
};

/** One line for people: what a failed connection says, without a stack. */
export const reasonOf = (error: unknown): string => {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: unknown[] };
  if (message) return message;
  return errors?.[0] === undefined ? (code ?? String(error)) : reasonOf(errors[0]);
};
