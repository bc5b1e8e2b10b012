export {
  createLogger,
  logLevels,
  silentLogger,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger';
export { maskNumber } from './masking';
export { Metrics, type Counter, type Gauge, type Histogram } from './metrics';
