import {
  dialerEndpoints,
  gatewayEndpoints,
  greetingEndpoints,
  openApiDocument,
  recordingEndpoints,
} from './index';

describe('the OpenAPI document', () => {
  const all = { greetingEndpoints, recordingEndpoints, dialerEndpoints, gatewayEndpoints };

  it.each(Object.entries(all))('names every path of %s with a problem answer', (_name, endpoints) => {
    const document = openApiDocument('x', '1', endpoints) as {
      paths: Record<string, Record<string, unknown>>;
    };
    for (const endpoint of endpoints) {
      expect(document.paths[endpoint.path]?.[endpoint.method.toLowerCase()]).toMatchObject({
        operationId: endpoint.name,
        responses: { default: expect.anything() },
      });
    }
  });

  it('gives every endpoint a name of its own', () => {
    const names = Object.values(all).flatMap((endpoints) => endpoints.map((endpoint) => endpoint.name));
    expect(new Set(names).size).toBe(names.length);
  });
});
