import { CallerLeg } from '../load/caller-leg';
import { dial, STREAM_PATH, type Target } from '../load/dial';
import { stampedAudio } from '../load/frame-stamp';

/** Far beyond every goal: past it there is no greeting. */
const NOTHING_AFTER_MS = 10_000;

/** What the caller of one call meets. */
export interface FirstAudio {
  readonly callSid: string;
  /** From Twilio's `start` to the first media message. */
  readonly ms: number;
}

/** Calls, and hangs up as soon as there is something to hear. Rejects when nothing comes. */
export const firstAudioOf = async (target: Target): Promise<FirstAudio> => {
  const { callSid, signature, parameters } = await dial(target);
  const frame = stampedAudio(0, 0, 1).toString('base64');
  return await new Promise((resolve, reject) => {
    let startedAtMs = Infinity;
    const timer = setTimeout(() => reject(new Error('nothing was heard')), NOTHING_AFTER_MS);
    const leg = new CallerLeg({
      host: '127.0.0.1',
      port: target.port,
      path: STREAM_PATH,
      signature,
      accountSid: target.accountSid,
      callSid,
      parameters,
      silentBase64: frame,
      speakingBase64: frame,
      listener: {
        started: (nowMs) => (startedAtMs = nowMs),
        media: (nowMs) => {
          resolve({ callSid, ms: nowMs - startedAtMs });
          leg.hangUp();
        },
        ended: (reason) => {
          clearTimeout(timer);
          // Of no effect once something was heard.
          reject(new Error(`the stream ended before there was anything to hear: ${reason}`));
        },
      },
    });
  });
};
