import { openApiDocument } from '@frontdesk/contracts';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { healthHandler } from './health';
import { bearerGuard, createRefusal } from './middleware/credentials';
import { endpointHandlers } from './middleware/endpoint';
import { errorHandler, methodNotAllowed, notFound } from './middleware/errors';
import { contextOf, requestContext } from './middleware/request-context';
import { webhookHandlers } from './middleware/webhook';
import { type HttpServiceOptions, type ServiceRouter } from './options';
import { assertContractServed, expressPath, openPaths, type RouteEntry } from './route-table';

/**
 * The express application of a service. The order is the protection: what is open, what is signed, what is named as raw,
 * then the bearer guard; whatever is registered behind it, known or not, needs a token.
 */
export const createApplication = (
  options: HttpServiceOptions,
  isStopping: () => boolean,
): { app: Express; routes: readonly RouteEntry[] } => {
  const app = express();
  const routes: RouteEntry[] = [];
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', options.trustProxy ?? false);
  app.set('etag', false);
  app.use(requestContext(options.logger, options.metrics));
  app.use(helmet());

  serveOpenPaths(app, options, isStopping, routes);
  const refuse = createRefusal(options.metrics);
  const guarded = express.Router();
  options.routes(createRouter(app, guarded, options, refuse, routes));
  assertContractServed(options.openapi.endpoints, routes);

  app.use((_request, response, next) => {
    contextOf(response).announce();
    next();
  });
  app.use(bearerGuard(options.bearer, refuse));
  const document = openApiDocument(options.openapi.title, '1', options.openapi.endpoints);
  guarded.get('/openapi.json', (_request, response) => void response.json(document));
  for (const [path, methods] of methodsByPath(routes))
    guarded.all(expressPath(path), methodNotAllowed(methods));
  app.use(guarded);
  app.use(notFound);
  app.use(errorHandler(options.isOutage));
  return { app, routes };
};

const serveOpenPaths = (
  app: Express,
  { metrics, readiness, liveness = {} }: HttpServiceOptions,
  isStopping: () => boolean,
  routes: RouteEntry[],
): void => {
  const handlers: Record<string, express.RequestHandler> = {
    '/healthz': healthHandler('Not healthy', liveness),
    '/readyz': healthHandler('Not ready', readiness, isStopping),
    '/metrics': async (_request, response) => {
      const { contentType, body } = await metrics.render();
      response.setHeader('Content-Type', contentType);
      response.send(body);
    },
  };
  for (const path of openPaths) {
    const handler = handlers[path] as express.RequestHandler;
    app.get(path, (_request, response, next) => ((contextOf(response).route = path), next()), handler);
    routes.push({ methods: ['GET'], path, protection: { kind: 'open' } });
  }
};

const createRouter = (
  app: Express,
  guarded: express.Router,
  { webhookGuard }: HttpServiceOptions,
  refuse: ReturnType<typeof createRefusal>,
  routes: RouteEntry[],
): ServiceRouter => {
  const method = (name: string) => name.toLowerCase() as 'get';
  return {
    handle(endpoint, handler, routeOptions) {
      routes.push({
        methods: [endpoint.method],
        path: endpoint.path,
        protection: { kind: 'bearer', endpoint },
      });
      guarded[method(endpoint.method)](
        expressPath(endpoint.path),
        endpointHandlers(endpoint, handler, routeOptions),
      );
    },
    stream(endpoint, handler, routeOptions) {
      if (!endpoint.binary) throw new Error(`${endpoint.name} answers JSON: use handle`);
      routes.push({
        methods: [endpoint.method],
        path: endpoint.path,
        protection: { kind: 'bearer', endpoint },
      });
      guarded[method(endpoint.method)](
        expressPath(endpoint.path),
        endpointHandlers(endpoint, handler, routeOptions),
      );
    },
    webhook(path, handler) {
      if (!webhookGuard) throw new Error(`${path} is a webhook, but the service has no webhookGuard`);
      routes.push({ methods: ['GET', 'POST'], path, protection: { kind: 'signature' } });
      const handlers = webhookHandlers(path, handler, webhookGuard, refuse);
      app.get(expressPath(path), handlers);
      app.post(expressPath(path), handlers);
    },
    raw(verb, path, handler, { reason }) {
      if (reason.trim().length < 10) throw new Error(`${path} needs a reason for having no bearer`);
      routes.push({ methods: [verb], path, protection: { kind: 'raw', reason } });
      app[method(verb)](
        expressPath(path),
        (_request, response, next) => {
          contextOf(response).route = path;
          contextOf(response).announce();
          next();
        },
        async (request, response) => handler(request, response),
      );
    },
  };
};

const methodsByPath = (routes: readonly RouteEntry[]): Map<string, string[]> => {
  const byPath = new Map<string, string[]>();
  for (const { path, methods } of routes) byPath.set(path, [...(byPath.get(path) ?? []), ...methods]);
  return byPath;
};
