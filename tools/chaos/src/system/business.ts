import { createBusiness, getGreetingWav, type BusinessProfile } from '@frontdesk/contracts';
import { eventually } from '@frontdesk/test-harness';
import { type ChaosSystem } from './chaos-system';

/** A business of one scenario: a number of its own, and a word in its instructions by which its sessions are found. */
export interface ChaosBusiness {
  readonly profile: BusinessProfile;
  readonly number: string;
  readonly greeting: string;
  /** What a caller hears who is redirected. */
  readonly prompt: string;
  /** In the instructions of every session of its calls. */
  readonly marker: string;
}

/** Of the prompt within a call that cannot go to the agent. */
const PROMPT = 'please leave a message';
const KNOWN_TIMEOUT_MS = 30_000;
let numbersTaken = 0;

/** Opens a business that every gateway knows, with its greeting at hand. */
export const openChaosBusiness = async (
  { clients, constellation, fleet }: ChaosSystem,
  name: string,
): Promise<ChaosBusiness> => {
  const { greeting, twilio } = clients;
  numbersTaken += 1;
  const number = `+1555010${String(numbersTaken).padStart(4, '0')}`;
  const marker = `chaos-${name.replaceAll(' ', '-')}-${numbersTaken}`;
  const greetingText = `welcome to ${name} how can I help`;
  const { publicUrl } = constellation.settings;
  await twilio.addNumber({
    number,
    voiceUrl: `${publicUrl}/webhook/incoming_call`,
    statusCallback: `${publicUrl}/webhook/call_status`,
  });
  const profile = await greeting.call(createBusiness, {
    body: {
      name,
      phoneNumbers: [number],
      locale: 'en-US',
      greetingText,
      instructions: `You answer the phone. ${marker}`,
      tools: [],
      transferNumber: null,
      fallbackPrompt: `${PROMPT} for ${name}`,
      greetingProtectMs: null,
      retentionDays: null,
    },
  });
  await eventually(() => greeting.bytes(getGreetingWav, { params: { id: profile.id } }), KNOWN_TIMEOUT_MS);
  for (const { url } of fleet.running)
    await eventually(() => assertKnown(url, profile.revision), KNOWN_TIMEOUT_MS);
  return { profile, number, greeting: greetingText, prompt: `${PROMPT} for ${name}`, marker };
};

/** A gateway learns of a profile in its own time (a hint over Kafka, at the latest its next question). */
const assertKnown = async (gatewayUrl: string, revision: number): Promise<void> => {
  const metrics = await (await fetch(`${gatewayUrl}/metrics`)).text();
  const known = /^gateway_profile_revision(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1];
  if (Number(known) >= revision) return;
  throw new Error(`a gateway knows profiles up to revision ${known ?? 'none'}, not yet ${revision}`);
};
