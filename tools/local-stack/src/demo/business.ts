import { createBusiness, getGreetingWav, type BusinessProfile } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { eventually, type OperatorClients } from '@frontdesk/test-harness';
import { freshNumber } from './numbers';

export interface DemoBusiness {
  readonly profile: BusinessProfile;
  readonly number: string;
}

export const GREETING = 'hello this is Luna Dental how can I help you today';
const KNOWN_TIMEOUT_MS = 20_000;

/** A business with a number of its own at the simulated Twilio, known to the gateway. */
export const openDemoBusiness = async (
  { greeting, twilio }: OperatorClients,
  options: { publicUrl: string; gatewayUrl: string },
): Promise<DemoBusiness> => {
  const number = freshNumber('+9723');
  await twilio.addNumber({
    number,
    voiceUrl: `${options.publicUrl}/webhook/incoming_call`,
    statusCallback: `${options.publicUrl}/webhook/call_status`,
  });
  const profile = await greeting.call(createBusiness, { body: demoProfile(number) });
  await isGreeted(greeting, options.gatewayUrl, profile);
  return { profile, number };
};

/** What the demo's business is, at a number of its own. */
export const demoProfile = (number: string) => ({
  name: 'Luna Dental',
  phoneNumbers: [number],
  locale: 'en-US',
  greetingText: GREETING,
  instructions: 'You answer the phone of Luna Dental. Be brief and friendly.',
  tools: [],
  transferNumber: null,
  fallbackPrompt: null,
  greetingProtectMs: null,
  retentionDays: null,
});

/** Waits until a business's callers will be greeted at once. */
export const isGreeted = async (
  greeting: ServiceClient,
  gatewayUrl: string,
  profile: BusinessProfile,
): Promise<void> => {
  // Saving a profile has its greeting synthesized ahead, off the request: until then the agent would speak it itself.
  const params = { id: profile.id };
  await eventually(() => greeting.bytes(getGreetingWav, { params }), KNOWN_TIMEOUT_MS);
  await eventually(() => assertKnown(gatewayUrl, profile.revision), KNOWN_TIMEOUT_MS);
};

/** The gateway learns of a profile in its own time (a hint over Kafka, at the latest its next question). */
const assertKnown = async (gatewayUrl: string, revision: number): Promise<void> => {
  const metrics = await (await fetch(`${gatewayUrl}/metrics`)).text();
  const known = /^gateway_profile_revision(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1];
  if (Number(known) >= revision) return;
  throw new Error(`media-gateway knows profiles up to revision ${known ?? 'none'}, not yet ${revision}`);
};
