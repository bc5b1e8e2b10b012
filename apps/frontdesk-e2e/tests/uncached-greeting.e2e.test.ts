import { getFrames, listProfilesSince, type BusinessProfile } from '@frontdesk/contracts';
import {
  type CallBook,
  eventually,
  type ScriptStep,
  startConstellation,
  type TestConstellation,
} from '@frontdesk/test-harness';
import { changeGreeting, openBusiness } from '../src/business';

const NUMBER = '+15550100300';

/** Greetings that no frames exist of when the call comes, and one that was changed a second before. */
describe('a call whose greeting is not cached', () => {
  let system: TestConstellation;
  let business: BusinessProfile;

  beforeAll(async () => {
    system = await startConstellation();
    const profile = { name: 'Acme', number: NUMBER, greetingText: 'the first greeting' };
    business = await openBusiness(system.clients, profile);
  }, 180_000);
  afterAll(() => system?.[Symbol.asyncDispose](), 60_000);
  afterEach(() => system.clients.openAi.clearFaults());

  const say = (greetingText: string): Promise<void> => changeGreeting(system.clients, business, greetingText);
  const ring = async (): Promise<CallBook> => {
    const { twilio } = system.clients;
    const script: ScriptStep[] = [{ waitForSilenceMs: 600, timeoutMs: 20_000 }, { hangUp: true }];
    return await twilio.callOver(await twilio.ring({ from: '+14155550100', to: NUMBER, script }));
  };
  const frames = async (): Promise<Buffer> => {
    const { greeting } = system.clients;
    const { profiles } = await greeting.call(listProfilesSince, { query: { since: 0 } });
    const { key } = profiles.find(({ id }) => id === business.id)!.greeting;
    return await greeting.bytes(getFrames, { params: { key } });
  };

  it('that was changed a second before has the new one', async () => {
    await say('the second greeting');
    expect((await ring()).heardText).toBe('the second greeting');
  });

  it('hears it while it is made', async () => {
    const text = 'this greeting is still being made when the caller begins to hear it word by word';
    await system.clients.openAi.fault({ name: 'speech-slow', contains: text, params: { chunkMs: 40 } });
    await say(text);
    expect((await ring()).heardText).toBe(text);
    await eventually(frames);
  });

  it('hears it from the model when no speech can be had, and nothing is cached', async () => {
    const text = 'this one is spoken by the model itself';
    await system.clients.openAi.fault({ name: 'speech-500', contains: text });
    await say(text);
    expect((await ring()).heardText).toBe(text);
    await expect(frames()).rejects.toMatchObject({ status: 404 });
  });

  it('hears all of it from the model after the half that broke off', async () => {
    const text = 'this greeting breaks off in the middle and so it is said again by the model as a whole';
    await system.clients.openAi.fault({ name: 'speech-slow', contains: text, params: { chunkMs: 40 } });
    await system.clients.openAi.fault({ name: 'speech-cut', contains: text });
    await say(text);
    const { heardText } = await ring();
    expect(heardText.endsWith(text)).toBe(true);
    await expect(frames()).rejects.toMatchObject({ status: 404 });
  });
});
