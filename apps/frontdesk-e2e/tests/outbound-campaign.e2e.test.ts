import {
  addContacts,
  type BusinessProfile,
  type CampaignInput,
  type Contact,
  createCampaign,
  getCampaignPreview,
  getCampaignProgress,
  startCampaign,
} from '@frontdesk/contracts';
import {
  allContacts,
  type CallBook,
  eventually,
  type ScriptStep,
  startConstellation,
  type TestConstellation,
} from '@frontdesk/test-harness';
import { openBusiness } from '../src/business';

interface OpenAiRequest {
  kind: string;
  text?: string;
}

const NUMBER = '+15550100400';
const OPENING = 'hello {first_name} this is the clinic';
const LISTENS: ScriptStep[] = [{ waitForSilenceMs: 500, timeoutMs: 20_000 }, { hangUp: true }];
const REFUSES: ScriptStep[] = [
  { waitForSilenceMs: 500, timeoutMs: 20_000 },
  { say: 'never call me again' },
  { waitForSilenceMs: 500, timeoutMs: 20_000 },
  { hangUp: true },
];

/** People who are called by a campaign: what each of them hears first, and who asks not to be called again. */
describe('a campaign through all services', () => {
  let system: TestConstellation;
  let business: BusinessProfile;

  beforeAll(async () => {
    system = await startConstellation({
      extraEnv: { 'outbound-dialer': { ACCOUNT_CALLS_PER_SECOND: '10', OPENING_WAIT_MS: '8000' } },
    });
    await system.clients.openAi.setBrain([
      { match: 'never call me again', tool: { name: 'opt_out', arguments: {} } },
    ]);
    const profile = { name: 'Clinic', number: NUMBER, greetingText: 'welcome to the clinic' };
    business = await openBusiness(system.clients, profile);
  }, 180_000);
  afterAll(() => system?.[Symbol.asyncDispose](), 60_000);

  const draft = async (
    people: readonly { number: string; name: string }[],
    over: Partial<CampaignInput> = {},
  ): Promise<string> => {
    const { dialer } = system.clients;
    const { id } = await dialer.call(createCampaign, {
      body: {
        businessId: business.id,
        name: 'reminders',
        openingLine: OPENING,
        callerNumber: NUMBER,
        callingHours: { from: '00:00', to: '24:00' },
        maxAttempts: 1,
        callsPerSecond: 10,
        ringTimeoutSeconds: 10,
        machinePolicy: 'talk',
        ...over,
      },
    });
    await dialer.call(addContacts, { params: { id }, body: { contacts: [...people] } });
    return id;
  };
  const run = async (id: string): Promise<Map<string, Contact>> => {
    const { dialer } = system.clients;
    await dialer.call(startCampaign, { params: { id } });
    await eventually(async () => {
      const progress = await dialer.call(getCampaignProgress, { params: { id } });
      if (progress.state !== 'finished')
        throw new Error(`the campaign stands at ${JSON.stringify(progress)}`);
    }, 90_000);
    return new Map((await allContacts(dialer, id)).map((contact) => [contact.number, contact]));
  };
  const answers = (number: string, script: ScriptStep[]): Promise<void> =>
    system.clients.twilio.addCallee({ number, responses: [{ kind: 'answer', script }] });
  const callsTo = async (number: string): Promise<CallBook[]> => {
    const { twilio } = system.clients;
    const calls = (await twilio.calls()).filter(({ to }) => to === number);
    return await Promise.all(calls.map(({ callSid }) => twilio.callOver(callSid)));
  };
  /** Not the transcriptions of its recording, which say the same. */
  const syntheses = async (text: string): Promise<OpenAiRequest[]> => {
    const { requests } = await system.clients.openAi.requests<{ requests: OpenAiRequest[] }>();
    return requests.filter((request) => request.kind === 'speech' && request.text === text);
  };

  it('greets each person by name with speech that was made before the call', async () => {
    const people = [
      { number: '+972501400001', name: 'Noa Levi', heard: 'hello Noa this is the clinic' },
      { number: '+972501400002', name: 'Cohen, Dan', heard: 'hello Dan this is the clinic' },
      { number: '+972501400003', name: '', heard: 'hello this is the clinic' },
    ];
    for (const { number } of people) await answers(number, LISTENS);
    await run(await draft(people.map(({ number, name }) => ({ number, name }))));
    for (const { number, heard } of people) {
      const [call, ...others] = await callsTo(number);
      expect(others).toEqual([]);
      expect(call?.heardText).toBe(heard);
      expect(await syntheses(heard)).toHaveLength(1);
    }
  });

  it('never calls a person again who asks for it in a call, whatever was planned', async () => {
    const number = '+972501400010';
    await answers(number, REFUSES);
    const planned = await draft([{ number, name: 'Avi' }], { openingLine: 'a second campaign' });
    await run(await draft([{ number, name: 'Avi' }]));
    expect(await callsTo(number)).toHaveLength(1);
    await eventually(async () => {
      // The event is on its way from the gateway over Kafka.
      const { summary } = await system.clients.dialer.call(getCampaignPreview, { params: { id: planned } });
      if (!summary.includes('on the do-not-call list (1)')) throw new Error(summary);
    });
    const contacts = await run(planned);
    expect(contacts.get(number)).toMatchObject({ outcome: 'do-not-call' });
    expect(await callsTo(number)).toHaveLength(1);
  });

  it('calls without greeting-service, and the agent speaks the line', async () => {
    const number = '+972501400020';
    await answers(number, LISTENS);
    const id = await draft([{ number, name: 'Maya' }]);
    await system.constellation.kill('greeting-service');
    try {
      await run(id);
    } finally {
      await system.constellation.restart('greeting-service');
    }
    const [call] = await callsTo(number);
    expect(call?.heardText).toBe('hello Maya this is the clinic');
  });
});
