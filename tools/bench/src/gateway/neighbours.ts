import { business, framesKeyOf, greetingDouble, recordingDouble } from '@frontdesk/gateway-world';
import { type HttpService } from '@frontdesk/http';
import { GREETING_SLOT, stampedAudio } from '../load/frame-stamp';

/** 4 s. */
export const GREETING_FRAMES = 200;
/** 0.6 s of another slot: a filler that is heard would show as unknown frames. */
const PHRASE_FRAMES = 30;
const PHRASE_SLOT = 254;
export const NUMBER = '+15005550001';

/** The one business whose number is called. Its callers may say nothing for as long as the model speaks. */
const profile = business(NUMBER, 'hello this is the bench how may I help you today please go on', {
  greeting: { key: framesKeyOf('greeting'), text: 'greeting' },
});

const framesOf = (key: string): Buffer | undefined => {
  if (key === profile.greeting.key) return stampedAudio(GREETING_SLOT, 0, GREETING_FRAMES);
  const isPhrase = Object.values(profile.phrases).some((phrase) => phrase.key === key);
  return isPhrase ? stampedAudio(PHRASE_SLOT, 0, PHRASE_FRAMES) : undefined;
};

/** Stands in for greeting-service: one profile, and frames that say which frame they are. */
export const greetingStandIn = (secret: string): Promise<HttpService> =>
  greetingDouble({ profiles: [profile], framesOf }, secret);

/** Stands in for recording-service: starts every recording at once, knows nothing of any call. */
export const recordingStandIn = (secret: string): Promise<HttpService> => recordingDouble({}, secret);
