import { randomUUID } from 'node:crypto';
import {
  getCallContext,
  getFrames,
  listProfilesSince,
  type ProfileSnapshot,
  startCallRecording,
} from '@frontdesk/contracts';
import { HttpProblem, HttpService } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { GREETING_SLOT, stampedAudio } from '../load/frame-stamp';

/** 4 s. */
export const GREETING_FRAMES = 200;
/** 0.6 s of another slot: a filler that is heard would show as unknown frames. */
const PHRASE_FRAMES = 30;
const PHRASE_SLOT = 254;
export const NUMBER = '+15005550001';

const keyOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
const phrase = (name: string) => ({ key: keyOf(name), text: name });

/** The one business whose number is called. */
const profile: ProfileSnapshot = {
  id: randomUUID(),
  name: 'Bench',
  phoneNumbers: [NUMBER],
  locale: 'en-US',
  voice: 'marin',
  greetingText: 'hello this is the bench how may I help you today please go on',
  instructions: 'Answer.',
  tools: [],
  transferNumber: null,
  fallbackPrompt: null,
  greetingProtectMs: null,
  retentionDays: null,
  // Callers say nothing for as long as the model speaks, and that is all right here.
  silentCaller: null,
  optOutKey: null,
  revision: 1,
  createdAt: '2026-11-20T00:00:00.000Z',
  updatedAt: '2026-11-20T00:00:00.000Z',
  greeting: phrase('greeting'),
  phrases: Object.fromEntries(
    ['bridge', 'slow-tool', 'fallback-prompt', 'still-there', 'goodbye'].map((name) => [name, phrase(name)]),
  ) as ProfileSnapshot['phrases'],
};

const common = (name: 'greeting-service' | 'recording-service', secret: string) => ({
  name,
  host: '127.0.0.1',
  port: 0,
  logger: silentLogger,
  metrics: new Metrics({ withProcessMetrics: false }),
  readiness: {},
  bearer: { secrets: [secret], audience: name },
});

/** Stands in for greeting-service: one profile, and frames that say which frame they are. */
export const greetingStandIn = (secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('greeting-service', secret),
    openapi: { title: 'stand-in', endpoints: [listProfilesSince, getFrames] },
    routes: (router) => {
      router.handle(listProfilesSince, ({ query }) =>
        Promise.resolve({ revision: 1, profiles: query.since < 1 ? [profile] : [], deleted: [] }),
      );
      router.stream(getFrames, ({ params }, response) => {
        if (params.key === profile.greeting.key)
          response.end(stampedAudio(GREETING_SLOT, 0, GREETING_FRAMES));
        else if (Object.values(profile.phrases).some(({ key }) => key === params.key))
          response.end(stampedAudio(PHRASE_SLOT, 0, PHRASE_FRAMES));
        else throw new HttpProblem(404, 'No frames');
        return Promise.resolve();
      });
    },
  });

/** Stands in for recording-service: starts every recording at once, knows nothing of any call. */
export const recordingStandIn = (secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('recording-service', secret),
    openapi: { title: 'stand-in', endpoints: [startCallRecording, getCallContext] },
    routes: (router) => {
      router.handle(startCallRecording, () => Promise.resolve({ recordingSid: `RE${'0'.repeat(32)}` }));
      router.handle(getCallContext, () => Promise.resolve({ turns: [] }));
    },
  });
