import { encodeMulaw, framesOf } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
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

/** What recording-service's double remembers of every call, unless a test says otherwise. */
export const pastTurn: Turn = {
  generation: 1,
  seq: 2,
  speaker: 'agent',
  itemId: 'item_1',
  said: 'said before the break',
  heard: 'said before the break',
  estimated: false,
  interrupted: false,
  startedAtMs: 0,
  endedAtMs: 0,
};

/** What the doubles were asked, and what they are to answer. */
export class NeighbourBook {
  /** What recording-service was asked to record. */
  readonly recordingsAsked: { callSid: string; atMs: number }[] = [];
  /** Texts beyond those of the profiles that greeting-service has frames of, by key. */
  readonly phrases = new Map<string, string>();
  /** Attempts the dialer knows, by id. */
  readonly attempts = new Map<string, z.output<(typeof getAttemptContext)['response']>>();
  /** How recording-service remembers a call. */
  turnsOf: (callSid: string) => readonly Turn[] = () => [pastTurn];
}

export const greetingDouble = (
  profiles: readonly ProfileSnapshot[],
  book: NeighbourBook,
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
        const texts = profiles.flatMap(({ greeting, phrases }) => [greeting, ...Object.values(phrases)]);
        const text = texts.find(({ key }) => key === params.key)?.text ?? book.phrases.get(params.key);
        if (!text || text.startsWith('not synthesized')) throw new HttpProblem(404, 'No frames');
        response.end(framesOf(encodeMulaw(encodeSpeech(text))));
        return Promise.resolve();
      });
    },
  });

export const recordingDouble = (book: NeighbourBook, secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('recording-service', secret),
    webhookGuard: () => true,
    openapi: { title: 'double', endpoints: [startCallRecording, getCallContext] },
    routes: (router) => {
      router.handle(startCallRecording, ({ params }) => {
        book.recordingsAsked.push({ callSid: params.sid, atMs: Date.now() });
        return Promise.resolve({ recordingSid: `RE${'0'.repeat(32)}` });
      });
      router.handle(getCallContext, ({ params }) =>
        Promise.resolve({ turns: [...book.turnsOf(params.sid)] }),
      );
      const thanks = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';
      router.webhook('/webhook/handle_recording', () => Promise.resolve({ twiml: thanks }));
      router.webhook('/webhook/recording_status', () => Promise.resolve({}));
    },
  });

export const dialerDouble = (book: NeighbourBook, secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('outbound-dialer', secret),
    openapi: { title: 'double', endpoints: [getAttemptContext] },
    routes: (router) => {
      router.handle(getAttemptContext, ({ params }) => {
        const attempt = book.attempts.get(params.id);
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
