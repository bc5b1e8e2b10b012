import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Replicas } from './replicas';

const MAX_BODY_BYTES = 64 * 1024;
const replicasSchema = z.object({ urls: z.array(z.url()).min(1) });
const steerSchema = z.object({ path: z.string().startsWith('/'), url: z.url().nullable() });

/**
 * The control API of tests, on a port of its own and on loopback alone, never through the public door:
 * `POST /replicas {urls}`, `POST /steer {path, url}`, `GET /handed`.
 */
export const listenForControl = async (replicas: Replicas, port: number): Promise<Server> => {
  const server = createServer((request, response) => {
    answer(replicas, request, response).catch((error: unknown) => {
      response.writeHead(400).end(error instanceof Error ? error.message : String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
};

const answer = async (
  replicas: Replicas,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const json = (value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  switch (`${request.method} ${request.url}`) {
    case 'GET /handed':
      return json({ handed: replicas.handed });
    case 'POST /replicas':
      replicas.replace(replicasSchema.parse(await bodyOf(request)).urls);
      return json({});
    case 'POST /steer': {
      const { path, url } = steerSchema.parse(await bodyOf(request));
      replicas.steer(path, url);
      return json({});
    }
    default:
      response.writeHead(404).end();
  }
};

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new Error('the body is too long');
  }
  return JSON.parse(text);
};
