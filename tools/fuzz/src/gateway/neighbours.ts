import { createServer, type Server } from 'node:http';
import {
  getCallContext,
  getFrames,
  listProfilesSince,
  type ProfileSnapshot,
  startCallRecording,
} from '@frontdesk/contracts';
import { HttpProblem, HttpService } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { type Random } from '../random';

const common = (name: 'greeting-service' | 'recording-service', secret: string) => ({
  name,
  host: '127.0.0.1',
  port: 0,
  logger: silentLogger,
  metrics: new Metrics({ withProcessMetrics: false }),
  readiness: {},
  bearer: { secrets: [secret], audience: name },
});

/** greeting-service's double: its profiles, and frames for the keys it knows. */
export const greetingDouble = (
  profiles: readonly ProfileSnapshot[],
  frames: ReadonlyMap<string, Buffer>,
  secret: string,
): Promise<HttpService> =>
  HttpService.listen({
    ...common('greeting-service', secret),
    openapi: { title: 'double', endpoints: [listProfilesSince, getFrames] },
    routes: (router) => {
      router.handle(listProfilesSince, ({ query }) =>
        Promise.resolve({ revision: 1, profiles: query.since < 1 ? [...profiles] : [], deleted: [] }),
      );
      router.stream(getFrames, ({ params }, response) => {
        const known = frames.get(params.key);
        if (!known) throw new HttpProblem(404, 'No frames');
        response.end(known);
        return Promise.resolve();
      });
    },
  });

/** recording-service's double: agrees to everything, and fails now and then. */
export const recordingDouble = (random: Random, secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('recording-service', secret),
    openapi: { title: 'double', endpoints: [startCallRecording, getCallContext] },
    routes: (router) => {
      router.handle(startCallRecording, () => {
        if (random.chance(0.3)) throw new HttpProblem(503, 'Not now');
        return Promise.resolve({ recordingSid: `RE${'0'.repeat(32)}` });
      });
      router.handle(getCallContext, () => Promise.resolve({ turns: [] }));
    },
  });

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
