export { HttpService } from './http-service';
export {
  startService,
  type RunningService,
  type ServiceConfig,
  type ServiceOptions,
  type ServiceParts,
} from './service';
export { requestDrain, serviceSettings, serviceUrl } from './settings';
export {
  DEFAULT_JSON_BYTES,
  MAX_FORM_BYTES,
  type EndpointRequest,
  type HttpServiceOptions,
  type RouteOptions,
  type ServiceRouter,
  type WebhookAnswer,
  type WebhookGuard,
  type WebhookRequest,
} from './options';
export { HttpProblem } from './problem';
export { openPaths, type Protection, type RouteEntry } from './route-table';
export {
  mintServiceToken,
  SERVICE_TOKEN_SECONDS,
  ServiceTokenError,
  verifyServiceToken,
} from './service-token';
export { ServiceCallError, ServiceClient, type CallInput, type ServiceClientOptions } from './service-client';
export { mayAccessBusiness, visibleBusinesses } from './access';
export { isPublicAddress } from './public-addresses';
export {
  AddressRefusedError,
  PublicClient,
  type PublicAnswer,
  type PublicClientOptions,
} from './public-client';
