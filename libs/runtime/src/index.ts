export * from './config';
export * from './disposal';
export * from './backoff';
export * from './single-flight';
export * from './clock';
export * from './run-service';
export * from './identifiers';
export * from './process-identity';
