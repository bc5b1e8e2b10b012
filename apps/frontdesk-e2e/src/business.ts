import { createBusiness, putBusiness, type BusinessProfile } from '@frontdesk/contracts';
import { eventually, LOCAL_PUBLIC_URL, type OperatorClients } from '@frontdesk/test-harness';

/** A business that answers its number, and a first call by which that was made sure of. */
export const openBusiness = async (
  { greeting, twilio }: OperatorClients,
  input: { name: string; number: string; greetingText: string; instructions?: string },
): Promise<BusinessProfile> => {
  const { number, ...profile } = input;
  await twilio.addNumber({
    number,
    voiceUrl: `${LOCAL_PUBLIC_URL}/webhook/incoming_call`,
    statusCallback: `${LOCAL_PUBLIC_URL}/webhook/call_status`,
  });
  const business = await greeting.call(createBusiness, {
    body: {
      ...profile,
      phoneNumbers: [number],
      locale: 'en-US',
      instructions: input.instructions ?? '',
      tools: [],
      transferNumber: null,
      fallbackPrompt: null,
      greetingProtectMs: null,
      retentionDays: null,
    },
  });
  // The gateway learns of it in its own time: a hint over Kafka, at the latest its next question.
  await eventually(async () => {
    const callSid = await twilio.ring({
      from: '+14155550100',
      to: number,
      script: [{ waitForSilenceMs: 400, timeoutMs: 15_000 }, { hangUp: true }],
    });
    const { heardText } = await twilio.callOver(callSid);
    if (heardText !== input.greetingText)
      throw new Error(`${number} says "${heardText}" instead of "${input.greetingText}"`);
  }, 60_000);
  return business;
};

const SECOND_MS = 1000;

/** Saves another greeting, and waits the second after which each gateway has it on a machine that has time. */
export const changeGreeting = async (
  { greeting }: Pick<OperatorClients, 'greeting'>,
  { id, name, phoneNumbers }: BusinessProfile,
  greetingText: string,
): Promise<void> => {
  const body = { name, phoneNumbers, locale: 'en-US', greetingText };
  await greeting.call(putBusiness, { params: { id }, body });
  await new Promise((resolve) => setTimeout(resolve, SECOND_MS));
};
