import {
  getAttemptContext,
  getCallContext,
  getFrames,
  listProfilesSince,
  type ProfileSnapshot,
  type ServiceName,
  startCallRecording,
  type Turn,
} from '@frontdesk/contracts';
import { HttpProblem, HttpService } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { type z } from 'zod';

export type AttemptContext = z.output<(typeof getAttemptContext)['response']>;

/** What greeting-service's double has. */
export interface GreetingDoubleOptions {
  readonly profiles: readonly ProfileSnapshot[];
  /** Mu-law frames by key; 404 for what it has none of. */
  readonly framesOf: (key: string) => Buffer | undefined;
}

/** Stands in for greeting-service: its profiles at revision 1, and frames. */
export const greetingDouble = (
  { profiles, framesOf }: GreetingDoubleOptions,
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
        const frames = framesOf(params.key);
        if (!frames) throw new HttpProblem(404, 'No frames');
        response.end(frames);
        return Promise.resolve();
      });
    },
  });

/** What recording-service's double does; without any of it, it starts every recording and remembers no call. */
export interface RecordingDoubleOptions {
  /** Told of each start that is asked for; may throw a problem. */
  readonly onStart?: (callSid: string) => void;
  readonly turnsOf?: (callSid: string) => readonly Turn[];
}

/** Stands in for recording-service: starts recordings, remembers calls, and takes Twilio's callbacks, unsigned too. */
export const recordingDouble = (
  { onStart, turnsOf }: RecordingDoubleOptions,
  secret: string,
): Promise<HttpService> =>
  HttpService.listen({
    ...common('recording-service', secret),
    webhookGuard: () => true,
    openapi: { title: 'double', endpoints: [startCallRecording, getCallContext] },
    routes: (router) => {
      router.handle(startCallRecording, ({ params }) => {
        onStart?.(params.sid);
        return Promise.resolve({ recordingSid: `RE${'0'.repeat(32)}` });
      });
      router.handle(getCallContext, ({ params }) =>
        Promise.resolve({ turns: [...(turnsOf?.(params.sid) ?? [])] }),
      );
      const thanks = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';
      router.webhook('/webhook/handle_recording', () => Promise.resolve({ twiml: thanks }));
      router.webhook('/webhook/recording_status', () => Promise.resolve({}));
    },
  });

/** Stands in for outbound-dialer: knows the attempts it is given. */
export const dialerDouble = (
  attempts: ReadonlyMap<string, AttemptContext>,
  secret: string,
): Promise<HttpService> =>
  HttpService.listen({
    ...common('outbound-dialer', secret),
    openapi: { title: 'double', endpoints: [getAttemptContext] },
    routes: (router) => {
      router.handle(getAttemptContext, ({ params }) => {
        const attempt = attempts.get(params.id);
        if (!attempt) throw new HttpProblem(404, 'Unknown attempt');
        return Promise.resolve(attempt);
      });
    },
  });

const common = (name: ServiceName, secret: string) => ({
  name,
  host: '127.0.0.1',
  port: 0,
  logger: silentLogger,
  metrics: new Metrics({ withProcessMetrics: false }),
  readiness: {},
  bearer: { secrets: [secret], audience: name },
});
