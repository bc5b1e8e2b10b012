export * from './arguments';
export * from './figures';
export * from './lateness-probe';
export * from './loop-stalls';
export * from './report';
export * from './run-reports';
