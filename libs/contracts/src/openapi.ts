import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { type ZodObject, type ZodType } from 'zod';
import { type Endpoint } from './endpoint';
import { problemSchema } from './problem';

/** OpenAPI 3.1 document of a service, generated from the endpoints it serves. */
export const openApiDocument = (title: string, version: string, endpoints: readonly Endpoint[]): object => {
  const registry = new OpenAPIRegistry();
  const security = registry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  const problem = {
    description: 'What went wrong',
    content: { 'application/problem+json': { schema: problemSchema } },
  };
  for (const endpoint of endpoints) {
    registry.registerPath({
      operationId: endpoint.name,
      method: endpoint.method.toLowerCase() as 'get',
      path: endpoint.path,
      summary: endpoint.summary,
      security: [{ [security.name]: [] }],
      request: {
        params: endpoint.params as ZodObject,
        query: endpoint.query as ZodObject,
        ...(hasBody(endpoint)
          ? { body: { content: { 'application/json': { schema: endpoint.body } } } }
          : {}),
      },
      responses: { [endpoint.status]: success(endpoint), default: problem },
    });
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title, version },
  });
};

const hasBody = (endpoint: Endpoint): boolean => endpoint.body.def.type !== 'undefined';

const success = (endpoint: Endpoint) => {
  if (endpoint.binary)
    return { description: 'The audio', content: { [endpoint.binary]: { schema: binarySchema } } };
  if (endpoint.response.def.type === 'void') return { description: 'Done' };
  return { description: 'Done', content: { 'application/json': { schema: endpoint.response as ZodType } } };
};

const binarySchema = { type: 'string', format: 'binary' } as const;
