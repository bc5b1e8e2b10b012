import { type OperatorClients, type ScriptStep } from '@frontdesk/test-harness';
import { type DemoBusiness } from './business';
import { gatherEvidence, type CallEvidence } from './evidence';
import { freshNumber } from './numbers';

const CALL_TIMEOUT_MS = 100_000;
/** The agent is done when it has been silent for so long: longer than the pauses between its words. */
const AGENT_DONE_MS = 900;

const agentDone: ScriptStep = { waitForSilenceMs: AGENT_DONE_MS, timeoutMs: 20_000 };

/** Three turns; the third is spoken into the middle of the agent's long answer to the second. */
const firstCall = {
  title: 'First call',
  fileName: 'call-1',
  saidFirst: 'what are your opening hours',
  script: [
    agentDone,
    { say: 'what are your opening hours' },
    agentDone,
    { say: 'please tell me a long story' },
    { waitForAgentMs: 1500, timeoutMs: 20_000 },
    { say: 'thank you that is enough for today' },
    agentDone,
    { hangUp: true },
  ] as ScriptStep[],
};

const secondCall = {
  title: 'Second call',
  fileName: 'call-2',
  saidFirst: 'do you have a free appointment on Monday',
  script: [
    agentDone,
    { say: 'do you have a free appointment on Monday' },
    agentDone,
    { hangUp: true },
  ] as ScriptStep[],
};

const personsCall = (wav: Buffer) => ({
  title: 'Call with your recording',
  fileName: 'call-yours',
  saidFirst: '(speech)',
  script: [agentDone, { playWavBase64: wav.toString('base64') }, agentDone, { hangUp: true }] as ScriptStep[],
});

const place = async (
  clients: OperatorClients,
  business: DemoBusiness,
  folder: string,
  plan: { title: string; fileName: string; saidFirst: string; script: ScriptStep[] },
  say: (line: string) => void,
): Promise<CallEvidence> => {
  const from = freshNumber();
  say(`${plan.title}: ${from} rings ${business.number}`);
  const callSid = await clients.twilio.ring({ from, to: business.number, script: plan.script });
  await clients.twilio.callOver(callSid, CALL_TIMEOUT_MS);
  say(`${plan.title}: over, waiting for its recording and transcript`);
  const evidence = await gatherEvidence(clients, { ...plan, callSid, folder });
  say(`${plan.title}: transcribed`);
  return evidence;
};

export interface InboundEvidence {
  readonly first: CallEvidence;
  readonly second: CallEvidence;
  readonly persons: CallEvidence | undefined;
}

/** (a) Ring, greeting, three turns with a barge-in, hang-up, recording, transcript; and a second call after it. */
export const runInbound = async (
  clients: OperatorClients,
  business: DemoBusiness,
  options: { folder: string; callerWav: Buffer | undefined; say: (line: string) => void },
): Promise<InboundEvidence> => {
  const { folder, callerWav, say } = options;
  const first = await place(clients, business, folder, firstCall, say);
  const second = await place(clients, business, folder, secondCall, say);
  const persons = callerWav && (await place(clients, business, folder, personsCall(callerWav), say));
  return { first, second, persons };
};
