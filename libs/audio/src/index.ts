export * from './constants';
export * from './mulaw';
export * from './resampler';
export * from './frames';
export * from './level';
export * from './wav/parse-wav';
export * from './wav/write-wav';
