import { getCallContext } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type HistoryItem } from '../model/model-link';

/**
 * Past it the call goes on without memory rather than not at all. The caller hears the bridge phrase meanwhile, and what the
 * caller says is kept; many calls may ask at once when a replica was lost.
 */
const BOUND_MS = 1500;

/** What was said in a call before its stream broke, oldest first; empty when nobody says in time. */
export type PastLoader = (callSid: string, traceparent: string) => Promise<readonly HistoryItem[]>;

/**
 * Asks the replica that had the last stream, when it is still there, and recording-service at the same time. The
 * replica's memory is whole; what recording-service has may lack turns whose events are on their way.
 * @param ofPeers null when no peer remembers
 */
export const pastLoader =
  (
    recording: ServiceClient,
    ofPeers: (callSid: string) => Promise<readonly HistoryItem[] | null>,
  ): PastLoader =>
  async (callSid, traceparent) => {
    const recorded = recordedPast(recording, callSid, traceparent);
    const remembered = await ofPeers(callSid).catch(() => null);
    return remembered && remembered.length > 0 ? remembered : recorded;
  };

const recordedPast = async (
  client: ServiceClient,
  callSid: string,
  traceparent: string,
): Promise<HistoryItem[]> => {
  try {
    const input = { params: { sid: callSid }, traceparent, timeoutMs: BOUND_MS };
    const { turns } = await client.call(getCallContext, input);
    return turns
      .filter(({ heard }) => heard !== '')
      .map(({ speaker, heard, interrupted }) => ({ role: speaker, text: heard, interrupted }));
  } catch {
    return [];
  }
};
