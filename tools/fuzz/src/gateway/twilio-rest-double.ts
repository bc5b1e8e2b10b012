import { createServer, type Server } from 'node:http';
import { type Random } from '../random';

const restAnswers: readonly [number, unknown][] = [
  [200, { sid: 'CA', status: 'in-progress' }],
  [400, { code: 21_220, message: 'Call is not in-progress. Cannot redirect.', status: 400 }],
  [404, { code: 20_404, message: 'not found', status: 404 }],
  [429, { code: 20_429, message: 'too many', status: 429 }],
  [500, { code: 20_500, message: 'oops', status: 500 }],
  [200, 'not JSON {'],
];

/** Twilio's REST API, in all its moods. */
export const twilioRestDouble = async (random: Random): Promise<{ port: number; server: Server }> => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const [status, body] = random.pick(restAnswers);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, server };
};
