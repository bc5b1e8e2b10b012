import { type BusinessTool } from '@frontdesk/contracts';
import { AddressRefusedError, type PublicClient } from '@frontdesk/http';
import { type CallTool, type ToolCall, type ToolResult } from './tool';
import { toolSignature } from './tool-signature';

/** Of an error's body this much is told to the model. */
const MAX_ERROR_CHARACTERS = 300;

/** In which call a business's tool is used. */
export interface ToolCaller {
  readonly callSid: string;
  readonly businessId: string;
  readonly direction: 'inbound' | 'outbound';
  /** Null where this replica does not know it. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface HttpToolParts {
  readonly client: Pick<PublicClient, 'post'>;
  /** [TOOL_SIGNING_SECRET] */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A business's own tool: one signed POST, no second try, no redirect (docs/tools.md). */
export const httpTool = (tool: BusinessTool, caller: ToolCaller, parts: HttpToolParts): CallTool => ({
  name: tool.name,
  description: tool.description,
  parameters: tool.parameters,
  timeoutMs: tool.timeoutMs,
  async run(call) {
    try {
      return await request(tool, caller, call, parts);
    } catch (error) {
      if (call.signal.aborted) throw error;
      return { ok: false, error: reasonOf(error) };
    }
  },
});

const request = async (
  tool: BusinessTool,
  caller: ToolCaller,
  call: ToolCall,
  { client, secrets, now }: HttpToolParts,
): Promise<ToolResult> => {
  const { callId, arguments: given } = call;
  const body = JSON.stringify({ ...caller, toolCallId: callId, name: tool.name, arguments: given });
  const timestampSec = Math.floor(now() / 1000);
  const answer = await client.post(tool.url, {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'Frontdesk',
      'idempotency-key': `${caller.callSid}:${callId}`,
      'x-frontdesk-business': caller.businessId,
      'x-frontdesk-timestamp': String(timestampSec),
      'x-frontdesk-signature': toolSignature(secrets, caller.businessId, timestampSec, body),
    },
    body,
    signal: call.signal,
  });
  const text = answer.body.toString('utf8').trim();
  if (answer.status >= 200 && answer.status < 300) return { ok: true, result: valueOf(text) };
  const said = text === '' ? '' : `: ${text.slice(0, MAX_ERROR_CHARACTERS)}`;
  return { ok: false, error: `It answered with status ${answer.status}${said}` };
};

/** JSON where it is JSON, else the text. */
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const reasonOf = (error: unknown): string => {
  if (error instanceof AddressRefusedError) return 'Its address is not allowed.';
  if (error instanceof Error && error.message.includes('larger than')) return 'Its answer is too long.';
  return 'It cannot be reached.';
};
