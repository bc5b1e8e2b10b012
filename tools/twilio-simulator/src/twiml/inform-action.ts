import { callParameters } from '../call/call-parameters';
import { actionInstructions, type Interruption, type VerbContext } from './outcome';

/** Late enough for the new instructions to run already. */
const LATE_ACTION_MS = 400;

/**
 * The action request of a verb that was interrupted, where Twilio still makes it: its reply is discarded. Whether and
 * when is a setting, because it was seen for `<Dial>` and is only assumed for `<Connect>`.
 */
export const informAction = (
  context: VerbContext,
  action: string,
  params: Readonly<Record<string, string>> = {},
): void => {
  const { world, call, signal, element } = context;
  const reason = signal.reason as Interruption;
  const { connectActionOnHangup, connectActionOnRedirect } = world.settings;
  if (reason === 'hangup' ? !connectActionOnHangup : connectActionOnRedirect === 'off') return;
  const instructions = actionInstructions(context, action, params);
  if (instructions.kind !== 'url') return;
  const send = (): void =>
    void world.webhooks.send({
      kind: `${element.name}-action-ignored`,
      url: instructions.url,
      method: instructions.method,
      params: { ...callParameters(call), ...params },
      callSid: call.sid,
      to: call.to,
      book: call.book,
      expects: 'twiml',
    });
  if (reason === 'redirect' && connectActionOnRedirect === 'after')
    world.clock.setTimer(send, LATE_ACTION_MS);
  else send();
};
