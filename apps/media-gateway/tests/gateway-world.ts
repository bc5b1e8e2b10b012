export { business, GatewayWorld, pastTurn } from '@frontdesk/gateway-world';
