export { GatewayWorld, type GatewayWorldOptions } from './gateway-world';
export { CallEvents } from './call-events';
export { NeighbourBook, pastTurn } from './neighbour-book';
export {
  dialerDouble,
  greetingDouble,
  recordingDouble,
  type AttemptContext,
  type GreetingDoubleOptions,
  type RecordingDoubleOptions,
} from './neighbour-doubles';
export { business, framesKeyOf } from './test-business';
