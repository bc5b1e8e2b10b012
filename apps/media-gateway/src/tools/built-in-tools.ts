import { encodeDtmf, MAX_DTMF_DIGITS } from '@frontdesk/audio';
import { type BuiltInToolName } from '@frontdesk/contracts';
import { type CallTool, type ToolActions, type ToolResult } from './tool';

/** Built-in tools act at once, or within what 40 digits take to be heard. */
const TIMEOUT_MS = 20_000;

const schema = (
  properties: Record<string, unknown>,
  required: readonly string[] = [],
): Record<string, unknown> => ({ type: 'object', properties, required, additionalProperties: false });

type Make = (actions: ToolActions) => CallTool;
const tool = (
  name: BuiltInToolName,
  description: string,
  parameters: Record<string, unknown>,
  run: (actions: ToolActions, given: Readonly<Record<string, unknown>>) => ToolResult | Promise<ToolResult>,
): Make => {
  const definition = { name, description, parameters, timeoutMs: TIMEOUT_MS };
  return (actions) => ({ ...definition, run: (call) => run(actions, call.arguments) });
};

const endCall = tool(
  'end_call',
  'End the phone call. Use it when the caller says goodbye or has nothing more to ask. You then say a short goodbye; the call ends when the caller has heard it.',
  schema({}),
  (actions) => {
    actions.endCall();
    return { ok: true, result: 'Say a short goodbye now.' };
  },
);

const transferCall = tool(
  'transfer_call',
  'Connect the caller to a person of the business. You then say that you connect them. If nobody can be reached, you are told so and have the call again.',
  schema({}),
  (actions) => {
    actions.transferCall();
    return { ok: true, result: 'Say in one short sentence that you connect the caller now.' };
  },
);

const sendDtmf = tool(
  'send_dtmf',
  'Press telephone keys, for example to choose from the menu of an answering system. Then wait for what the other side says.',
  schema(
    {
      digits: {
        type: 'string',
        minLength: 1,
        maxLength: MAX_DTMF_DIGITS,
        description: 'Keys 0 to 9, * and #; w waits half a second.',
      },
    },
    ['digits'],
  ),
  async (actions, { digits }) => {
    let tones: Buffer;
    try {
      tones = encodeDtmf(String(digits).replace(/[\s-]/g, ''));
    } catch (error) {
      return { ok: false, error: (error as Error).message };
    }
    await actions.sendTones(tones);
    return { ok: true, then: 'wait' };
  },
);

const takeMessage = tool(
  'take_message',
  'Leave a message for the business. First ask for the name and the number to call back, and repeat the message to the caller.',
  schema(
    {
      name: { type: 'string', maxLength: 200, description: 'Name of the caller' },
      number: { type: 'string', maxLength: 40, description: 'Number to call back' },
      message: { type: 'string', minLength: 1, maxLength: 4000, description: 'The message, in full' },
    },
    ['message'],
  ),
  (actions, { name, number, message }) => {
    const text = (value: unknown): string | null =>
      typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
    actions.leaveMessage({ name: text(name), number: text(number), text: String(message).trim() });
    return { ok: true, result: 'The business has the message.' };
  },
);

const optOut = tool(
  'opt_out',
  'Never call this person again. Use it as soon as they say that they do not want such calls, whatever else they say. Then confirm it.',
  schema({}),
  (actions) =>
    actions.optOut()
      ? { ok: true, result: 'They will not be called again: tell them so.' }
      : {
          ok: false,
          error: 'Their number is not known here. Ask for the number and take it down as a message.',
        },
);

/** What decides which built-in tools an agent has. */
export interface ToolSetting {
  readonly direction: 'inbound' | 'outbound';
  readonly canTransfer: boolean;
}

/** A transfer only where there is a number to transfer to; opting out only of calls that we make. */
export const builtInTools = ({ direction, canTransfer }: ToolSetting, actions: ToolActions): CallTool[] => {
  const made = [endCall, sendDtmf, takeMessage];
  if (canTransfer) made.push(transferCall);
  if (direction === 'outbound') made.push(optOut);
  return made.map((make) => make(actions));
};
