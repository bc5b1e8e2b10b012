import { encodeMulaw, FRAME_MS, SAMPLE_RATE } from '@frontdesk/audio';
import { isAudible } from '../../line/level';
import type { LineTap } from '../../line/line';
import { informAction } from '../inform-action';
import {
  aborted,
  actionInstructions,
  NEXT,
  numberOf,
  resolveUrl,
  TwimlError,
  type Verb,
  type VerbContext,
} from '../outcome';
import { recordingCallbackOf } from '../recording-callback-of';
import { playMulaw } from './say';

const MAX_LENGTH_S = 14_400;
const ANY_KEY = '1234567890*#';

/**
 * `<Record>`: one channel, the caller's. Ends after `timeout` seconds of silence, at `maxLength`, by a key or by the
 * hang-up; then its action is requested, by default the document itself. A recording in which nothing was said makes no
 * request: the next verb follows.
 */
export const record: Verb = async (context) => {
  const { world, call, element, signal } = context;
  const action = actionOf(context);
  if (element.attributes['playBeep'] !== 'false') await playMulaw(call, beep(), signal);
  const { line } = call;
  if (signal.aborted || !line) return NEXT;
  const recording = world.recordings.start(call, {
    source: 'RecordVerb',
    channels: 1,
    track: 'inbound',
    trim: element.attributes['trim'] !== 'do-not-trim',
    callback: recordingCallbackOf(context),
  });
  const listener = new Listener(
    numberOf(element, 'timeout', 5) * 1000,
    Math.min(MAX_LENGTH_S, numberOf(element, 'maxLength', 3_600)) * 1000,
  );
  const untap = line.tap(listener);
  const ended = Promise.race([
    listener.ended,
    keyPressed(context, element.attributes['finishOnKey'] ?? ANY_KEY),
    aborted(signal).then(() => 'hangup'),
  ]);
  const digits = await ended;
  untap();
  void world.recordings.stop(recording.sid);
  const params = {
    RecordingUrl: world.recordings.recordingUrl(recording),
    RecordingSid: recording.sid,
    RecordingDuration: String(Math.round(listener.audibleMs / 1000)),
    ...(digits ? { Digits: digits } : {}),
  };
  if (!listener.hasHeard) return NEXT;
  if (!signal.aborted) return { kind: 'goto', instructions: actionInstructions(context, action, params) };
  if (signal.reason === 'hangup') informAction(context, action, params);
  return NEXT;
};

/** The action URL; without one the document's own, which TwiML given by REST does not have (11100). */
const actionOf = (context: VerbContext): string => {
  const action = context.element.attributes['action'] ?? context.documentUrl;
  if (action === null) throw new TwimlError(11100, '<Record> in TwiML given by REST must have an action');
  return resolveUrl(context, action);
};

const keyPressed = ({ call, signal }: VerbContext, keys: string): Promise<string> =>
  new Promise((resolve) => {
    const stop = call.onDigit((digit) => {
      if (!keys.includes(digit)) return;
      stop();
      resolve(digit);
    });
    signal.addEventListener('abort', stop, { once: true });
  });

/** Ends on silence (0: never) or at the longest length; resolves without a key. */
class Listener implements LineTap {
  hasHeard = false;
  readonly ended: Promise<undefined>;
  private resolve!: (value: undefined) => void;
  private elapsedMs = 0;
  private silentMs = 0;
  private firstHeardMs = 0;
  private lastHeardMs = 0;

  constructor(
    private readonly silenceMs: number,
    private readonly maxMs: number,
  ) {
    this.ended = new Promise((resolve) => (this.resolve = resolve));
  }

  /** From the first sound to the last. */
  get audibleMs(): number {
    return this.lastHeardMs - this.firstHeardMs;
  }

  frame(said: Buffer | null): void {
    const isHeard = said !== null && isAudible(said);
    if (isHeard && !this.hasHeard) this.firstHeardMs = this.elapsedMs;
    this.elapsedMs += FRAME_MS;
    this.silentMs = isHeard ? 0 : this.silentMs + FRAME_MS;
    if (isHeard) {
      this.hasHeard = true;
      this.lastHeardMs = this.elapsedMs;
    }
    const isSilent = this.silenceMs > 0 && this.silentMs >= this.silenceMs;
    if (isSilent || this.elapsedMs >= this.maxMs) this.resolve(undefined);
  }
}

const BEEP_HZ = 1_400;
const BEEP_MS = 300;

const beep = (): Buffer =>
  encodeMulaw(
    Int16Array.from({ length: (SAMPLE_RATE * BEEP_MS) / 1000 }, (_, i) =>
      Math.round(6_000 * Math.sin((2 * Math.PI * BEEP_HZ * i) / SAMPLE_RATE)),
    ),
  );
