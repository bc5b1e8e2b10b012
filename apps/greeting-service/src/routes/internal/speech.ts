import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import { speakGreeting } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { LiveSpeech } from '../../cache/live-speech';
import { type GreetingParts } from '../../parts';
import { findRequest } from '../../profiles/find-request';
import { sendFrames } from './send-frames';

/**
 * For a caller who is on the line: frames that exist, else the speech while it is made. What was begun is finished and
 * cached, whether the caller hears it to its end or not; a speech that fails is cut, and nothing of it is cached.
 */
export const serveSpeech = (
  router: ServiceRouter,
  { database, profiles, cache, events }: GreetingParts,
): void =>
  router.stream(speakGreeting, async ({ params: { key }, query, express }, response) => {
    const askedAtMs = performance.now();
    const { businessId, relayed } = query;
    const frames = relayed ? cache.speakHere(key) : cache.peek(key);
    if (frames && !(frames instanceof LiveSpeech)) return sendFrames(frames, express, response);
    if (relayed && !frames) throw new HttpProblem(404, 'Nothing of this is made here');
    const request = await findRequest(database.dataSource.manager, { key, businessId }, profiles.defaults);
    if (!request) throw new HttpProblem(404, 'The business does not say this');
    const speech = frames ?? (await cache.speak(request));
    if (!(speech instanceof LiveSpeech)) return sendFrames(speech, express, response);
    try {
      await speech.started();
    } catch (error) {
      events.liveFailed(request, error);
      throw new HttpProblem(503, 'The speech provider does not deliver', (error as Error).message);
    }
    events.spokenLive(request, performance.now() - askedAtMs);
    response.setHeader('Content-Type', 'audio/basic');
    try {
      await sendLive(speech, response);
    } catch (error) {
      events.liveFailed(request, error);
      response.destroy();
    }
  });

const sendLive = async (speech: LiveSpeech, response: ServerResponse): Promise<void> => {
  for await (const piece of speech.frames()) {
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
};
