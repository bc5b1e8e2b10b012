import {
  addContacts,
  addDoNotCall,
  createCampaign,
  getCampaign,
  startCampaign,
  type Contact,
  type DialOutcome,
} from '@frontdesk/contracts';
import { allContacts, eventually, type OperatorClients, type ScriptStep } from '@frontdesk/test-harness';
import { exactly, type Figure } from '@frontdesk/run-report';
import { type DemoBusiness } from './business';
import { freshNumber, INVALID_NUMBER } from './numbers';

const CAMPAIGN_TIMEOUT_MS = 90_000;
export const OPENING = 'hello this is Luna Dental we call about your checkup';

interface PlannedContact {
  readonly name: string;
  readonly number: string;
  readonly outcome: DialOutcome;
  /** Calls that Twilio is asked for. */
  readonly attempts: number;
}

export interface CampaignEvidence {
  readonly planned: readonly PlannedContact[];
  readonly contacts: readonly Contact[];
  readonly state: string;
  readonly openingsHeard: number;
  /** Calls that the simulated Twilio placed to the campaign's numbers: its ledger, not ours. */
  readonly callsPlaced: number;
}

const talks: ScriptStep[] = [
  { waitForSilenceMs: 900, timeoutMs: 20_000 },
  { say: 'yes next week is fine' },
  { waitForSilenceMs: 900, timeoutMs: 20_000 },
  { hangUp: true },
];

/** (b) Five contacts: one answers, one is busy and then answers, one never answers, one is no number, one must not be called. */
export const runCampaign = async (
  clients: OperatorClients,
  business: DemoBusiness,
  options: { say: (line: string) => void },
): Promise<CampaignEvidence> => {
  const { twilio, dialer } = clients;
  const planned: PlannedContact[] = [
    { name: 'Answers', number: freshNumber(), outcome: 'answered', attempts: 1 },
    { name: 'Busy, then answers', number: freshNumber(), outcome: 'answered', attempts: 2 },
    { name: 'Never answers', number: freshNumber(), outcome: 'no-answer', attempts: 2 },
    { name: 'No such number', number: INVALID_NUMBER, outcome: 'invalid-number', attempts: 1 },
    { name: 'Must not be called', number: freshNumber(), outcome: 'do-not-call', attempts: 0 },
  ];
  const [answers, busy, never, , forbidden] = planned as [
    PlannedContact,
    PlannedContact,
    PlannedContact,
    PlannedContact,
    PlannedContact,
  ];
  const answer = { kind: 'answer' as const, afterMs: 500, script: talks };
  await twilio.addCallee({ number: answers.number, responses: [answer] });
  await twilio.addCallee({ number: busy.number, responses: [{ kind: 'busy' }, answer] });
  await twilio.addCallee({ number: never.number, responses: [{ kind: 'no-answer' }] });
  await dialer.call(addDoNotCall, {
    body: { businessId: business.profile.id, number: forbidden.number, reason: 'asked us to' },
  });

  const { id } = await dialer.call(createCampaign, {
    body: {
      businessId: business.profile.id,
      name: 'Checkup reminders',
      openingLine: OPENING,
      instructions: 'You remind a patient of the yearly checkup.',
      callerNumber: business.number,
      callingHours: { from: '00:00', to: '24:00' },
      maxAttempts: 2,
      retryDelaySeconds: 1,
      ringTimeoutSeconds: 5,
      callsPerSecond: 2,
      maxConcurrentCalls: 5,
    },
  });
  const params = { id };
  await dialer.call(addContacts, {
    params,
    body: { contacts: planned.map(({ name, number }) => ({ name, number })) },
  });
  await dialer.call(startCampaign, { params });
  options.say(`Campaign: started with ${planned.length} contacts`);

  const state = await eventually(async () => {
    const campaign = await dialer.call(getCampaign, { params });
    if (campaign.state === 'running') {
      const contacts = await allContacts(dialer, id);
      throw new Error(`the campaign is still running: ${describe(contacts)}`);
    }
    return campaign.state;
  }, CAMPAIGN_TIMEOUT_MS);
  options.say(`Campaign: ${state}`);

  const contacts = await allContacts(dialer, id);
  const numbers = new Set(planned.map(({ number }) => number));
  const calls = (await twilio.calls()).filter(({ to, from }) => numbers.has(to) && from === business.number);
  const books = await Promise.all(calls.map(({ callSid }) => twilio.book(callSid)));
  return {
    planned,
    contacts,
    state,
    openingsHeard: books.filter(({ heardText }) => heardText.startsWith(OPENING)).length,
    callsPlaced: calls.length,
  };
};

const describe = (contacts: readonly Contact[]): string =>
  contacts
    .map(({ name, outcome, attempts }) => `${name}: ${outcome ?? attempts.at(-1)?.state ?? 'waiting'}`)
    .join(', ');

export const campaignFigures = (evidence: CampaignEvidence): Figure[] => [
  ...evidence.planned.map(({ name, number, outcome, attempts }): Figure => {
    const contact = evidence.contacts.find((candidate) => candidate.number === number);
    const asked = contact?.attempts.filter(({ askedAt }) => askedAt !== null).length ?? null;
    return {
      figure: `campaign: ${name}`,
      unit: '',
      value: contact ? `${contact.outcome ?? 'nothing'} after ${asked} calls` : null,
      goal: `${outcome} after ${attempts} calls`,
      ok: contact?.outcome === outcome && asked === attempts,
    };
  }),
  // One that answers, one that answers the second time, twice one that does not; the invalid one is refused.
  exactly('campaign: calls that Twilio placed', 'calls', evidence.callsPlaced, 5),
  exactly('campaign: callees that heard the opening', '', evidence.openingsHeard, 2),
];

export const campaignLines = ({ contacts, state }: CampaignEvidence): string[] => [
  `  ${state}`,
  ...contacts.map(
    ({ name, number, outcome, attempts }) =>
      `  ${number}  ${name.padEnd(20)} ${attempts.map((attempt) => attempt.outcome ?? attempt.state).join(', then ') || '–'} → ${outcome}`,
  ),
];
