import { encodeMulaw } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import type { Call } from '../../call/call';
import { Clip } from '../../line/clip';
import { aborted, NEXT, numberOf, type Verb } from '../outcome';

const MAX_ROUNDS = 1_000;

/** Reads its text out: as identity speech, so that what the far end heard can be told. */
export const say: Verb = async ({ call, element, signal }) => {
  if (element.text.length > 4_096) call.book.warn(13520, 'Say: text over 4096 characters');
  const loop = numberOf(element, 'loop', 1);
  await sayText(call, element.text, signal, loop === 0 ? MAX_ROUNDS : loop);
  return NEXT;
};

export const sayText = (call: Call, text: string, signal: AbortSignal, rounds = 1): Promise<void> =>
  playMulaw(call, encodeMulaw(encodeSpeech(text)), signal, rounds);

/** Plays audio on the call's line until it ends or the verb is interrupted. */
export const playMulaw = async (
  call: Call,
  mulaw: Uint8Array,
  signal: AbortSignal,
  rounds = 1,
): Promise<void> => {
  const { line } = call;
  if (!line || signal.aborted) return;
  const clip = new Clip(mulaw, rounds);
  line.source = clip;
  await Promise.race([clip.finished, aborted(signal)]);
  if (line.source === clip) line.source = null;
};
