import { createLogger as createWinston, transports } from 'winston';
import { GatheredLines } from './gathered-lines';
import { loggable } from './masking';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** One line of JSON an event. Event names are constants of the service (its `events.ts`), never sentences. */
export interface Logger {
  error(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  debug(event: string, fields?: Record<string, unknown>): void;
  /** A logger whose every line carries these fields too, e.g. `{ callSid }`. */
  child(fields: Record<string, unknown>): Logger;
  /** Ask before building fields for `debug` on a hot path. */
  isDebugEnabled(): boolean;
}

export interface LoggerOptions {
  service: string;
  level: LogLevel;
  /** Where each line goes at once; when left out standard output, where lines of one turn of the event loop go together. */
  stream?: NodeJS.WritableStream;
}

/** JSON lines by winston: `{ts, level, service, event, …fields}`; secrets dropped and telephone numbers masked. */
export const createLogger = ({ service, level, stream }: LoggerOptions): Logger => {
  const winston = createWinston({
    level,
    // The line is made here, once, and only for enabled levels: winston's own formats would clone the fields again.
    format: { transform: (info) => info },
    transports: [new transports.Stream({ stream: stream ?? process.stdout, eol: '\n' })],
  });
  // Of the level that is always enabled: each line was written because its own is.
  const handOn = (lines: string): void => void winston.log({ level: 'error', message: '', [MESSAGE]: lines });
  const gathered = stream ? null : new GatheredLines(handOn);
  const enabled = new Set(logLevels.slice(0, logLevels.indexOf(level) + 1));

  const loggerWith = (bound: Record<string, unknown>): Logger => {
    const write = (at: LogLevel, event: string, fields: Record<string, unknown> = {}): void => {
      if (!enabled.has(at)) return;
      const head = { ts: new Date().toISOString(), level: at, service, event };
      // The head is given twice: first for its place in the line, last so that no field can pose as it.
      const line = JSON.stringify({ ...head, ...bound, ...loggable(fields), ...head });
      if (!gathered) return handOn(line);
      gathered.add(line);
      // It may be the last thing that the process says.
      if (at === 'error') gathered.flush();
    };
    return {
      error: (event, fields) => write('error', event, fields),
      warn: (event, fields) => write('warn', event, fields),
      info: (event, fields) => write('info', event, fields),
      debug: (event, fields) => write('debug', event, fields),
      child: (fields) => loggerWith({ ...bound, ...loggable(fields) }),
      isDebugEnabled: () => enabled.has('debug'),
    };
  };
  return loggerWith({});
};

/** Where winston's transports look for the finished line (triple-beam's symbol, which is registered globally). */
const MESSAGE: unique symbol = Symbol.for('message') as never;

/** Swallows everything; for tests and tools. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
  isDebugEnabled: () => false,
};
