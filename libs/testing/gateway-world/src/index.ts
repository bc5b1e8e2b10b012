export { GatewayWorld, type GatewayWorldOptions } from './gateway-world';
export { CallEvents } from './call-events';
export { NeighbourBook, pastTurn } from './neighbour-doubles';
export { business, framesKeyOf } from './test-business';
