import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import { type Prompt, speak } from './prompt';

export interface SayAndRecordOptions {
  readonly prompt: Prompt;
  /** Absolute, or the TwiML would be asked for again in a loop; comes when the message has ended. */
  readonly actionUrl: string;
  readonly recordingStatusCallbackUrl: string;
  /** The longest message, in seconds. */
  readonly maxLengthSec: number;
  /** Seconds of silence that end the message. */
  readonly silenceSec?: number;
  readonly finishOnKey?: string;
  /** A tone before the recording begins; default true. */
  readonly beep?: boolean;
}

/** The fallback inside a call: speak, then take a message. The recording is announced by its status callback. */
export const sayAndRecord = (options: SayAndRecordOptions): string => {
  const response = new VoiceResponse();
  speak(response, options.prompt);
  response.record({
    action: options.actionUrl,
    method: 'POST',
    maxLength: options.maxLengthSec,
    timeout: options.silenceSec ?? 5,
    finishOnKey: options.finishOnKey ?? '#',
    playBeep: options.beep ?? true,
    recordingStatusCallback: options.recordingStatusCallbackUrl,
    recordingStatusCallbackMethod: 'POST',
    recordingStatusCallbackEvent: ['completed', 'absent'],
  });
  return response.toString();
};

/** Ends the call. */
export const hangup = (): string => {
  const response = new VoiceResponse();
  response.hangup();
  return response.toString();
};

/** A last sentence, then the end of the call. */
export const thanksAndHangup = (prompt: Prompt): string => {
  const response = new VoiceResponse();
  speak(response, prompt);
  response.hangup();
  return response.toString();
};

export interface DialOptions {
  /** E.164. */
  readonly number: string;
  /** Asked for when the dialled leg has ended or was not reached, with `DialCallStatus`. */
  readonly actionUrl: string;
  /** E.164 number of ours shown to the dialled party; the caller's own when left out. */
  readonly callerId?: string;
  /** Seconds it may ring. */
  readonly timeoutSec?: number;
  /** Spoken before the number is dialled. */
  readonly prompt?: Prompt;
}

/** Transfers the call to a number. */
export const dial = (options: DialOptions): string => {
  const response = new VoiceResponse();
  if (options.prompt) speak(response, options.prompt);
  response
    .dial({
      action: options.actionUrl,
      method: 'POST',
      timeout: options.timeoutSec ?? 30,
      answerOnBridge: true,
      ...(options.callerId && { callerId: options.callerId }),
    })
    .number(options.number);
  return response.toString();
};

/** Waits for something else to take the call, and fetches other TwiML when nothing did. */
export const holdThenRedirect = (seconds: number, url: string): string => {
  const response = new VoiceResponse();
  response.pause({ length: seconds });
  response.redirect({ method: 'POST' }, url);
  return response.toString();
};

/** Fetches other TwiML; what would follow is never reached. */
export const redirect = (url: string): string => {
  const response = new VoiceResponse();
  response.redirect({ method: 'POST' }, url);
  return response.toString();
};

/** Refuses a call that has not been answered; it costs nothing. */
export const reject = (reason: 'busy' | 'rejected'): string => {
  const response = new VoiceResponse();
  response.reject({ reason });
  return response.toString();
};

/** No instruction: the answer to a request whose reply Twilio discards. On a live call it means the end. */
export const emptyResponse = (): string => new VoiceResponse().toString();
