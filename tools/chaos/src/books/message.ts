import { getCall, getCallTranscript } from '@frontdesk/contracts';
import { eventually, type OperatorClients } from '@frontdesk/test-harness';

/** What recording-service has of a message left within a call. */
export interface KeptMessage {
  readonly recordings: number;
  readonly transcript: string | null;
}

const TRANSCRIPT_TIMEOUT_MS = 45_000;

/** Waits for the transcript of the message of a call; null when none came in time. */
export const keptMessage = async ({ recording }: OperatorClients, callSid: string): Promise<KeptMessage> => {
  const params = { sid: callSid };
  const transcript = await eventually(async () => {
    const { transcripts } = await recording.call(getCallTranscript, { params });
    const done = transcripts.find(({ kind, status }) => kind === 'message' && status === 'completed');
    if (!done) throw new Error(`no transcript of a message in ${callSid} yet`);
    return done.text;
  }, TRANSCRIPT_TIMEOUT_MS).catch(() => null);
  const { recordings } = await recording
    .call(getCall, { params })
    .catch(() => ({ recordings: [] as { kind: string }[] }));
  return { recordings: recordings.filter(({ kind }) => kind === 'message').length, transcript };
};
