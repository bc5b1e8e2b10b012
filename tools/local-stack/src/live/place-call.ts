import {
  addContacts,
  cancelCampaign,
  type BusinessProfile,
  createBusiness,
  createCampaign,
  listBusinesses,
  listCampaigns,
  startCampaign,
} from '@frontdesk/contracts';
import { type OperatorClients } from '@frontdesk/test-harness';
import { demoProfile, isGreeted } from '../demo/business';

const OPENING = 'hello this is the Frontdesk demo you asked to be called how does it sound';
const CAMPAIGN = 'Live demo call';
/** States of a campaign that may place a call yet. */
const OPEN: ReadonlySet<string> = new Set(['draft', 'running', 'paused']);

/** Has the agent call a phone, from a number of the account: a campaign of one, of the business whose number that is. */
export const placeCall = async (
  { greeting, dialer }: OperatorClients,
  { from, to }: { from: string; to: string },
  gatewayUrl: string,
): Promise<void> => {
  const business =
    (await businessOf(greeting, from)) ?? (await greeting.call(createBusiness, { body: demoProfile(from) }));
  await isGreeted(greeting, gatewayUrl, business);
  const { id } = await dialer.call(createCampaign, {
    body: {
      businessId: business.id,
      name: CAMPAIGN,
      openingLine: OPENING,
      instructions: 'You show a developer how you sound. Be brief and friendly.',
      callerNumber: from,
      // Whoever started this asked for the call, at this hour.
      callingHours: { from: '00:00', to: '24:00' },
      maxAttempts: 1,
    },
  });
  await dialer.call(addContacts, { params: { id }, body: { contacts: [{ name: 'You', number: to }] } });
  await dialer.call(startCampaign, { params: { id } });
};

/**
 * Takes back every call of this kind that was not placed yet, of an earlier run too: nobody's phone rings for a program that
 * is gone. A call that goes on is not touched.
 */
export const withdrawCalls = async (dialer: OperatorClients['dialer']): Promise<void> => {
  const { campaigns } = await dialer.call(listCampaigns, {});
  for (const { id, name, state } of campaigns)
    if (name === CAMPAIGN && OPEN.has(state)) await dialer.call(cancelCampaign, { params: { id } });
};

const businessOf = async (
  greeting: OperatorClients['greeting'],
  number: string,
): Promise<BusinessProfile | undefined> => {
  const { businesses } = await greeting.call(listBusinesses, {});
  return businesses.find(({ phoneNumbers }) => phoneNumbers.includes(number));
};
