import { getCallContext } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type HistoryItem } from '../model/model-link';

/** Past it the call goes on without memory rather than not at all. */
const BOUND_MS = 500;

/** What was said in a call before its stream broke, oldest first; empty when recording-service does not say in time. */
export type PastLoader = (callSid: string, traceparent: string) => Promise<HistoryItem[]>;

export const pastLoader =
  (client: ServiceClient): PastLoader =>
  async (callSid, traceparent) => {
    try {
      const input = { params: { sid: callSid }, traceparent, timeoutMs: BOUND_MS };
      const { turns } = await client.call(getCallContext, input);
      return turns
        .filter(({ heard }) => heard !== '')
        .map(({ speaker, heard }) => ({ role: speaker, text: heard }));
    } catch {
      return [];
    }
  };
