import { encodeMulaw, SAMPLE_RATE, writeMulawWav } from '@frontdesk/audio';

/** Twilio gives up after 15 s, and the caller hears silence meanwhile. */
const FETCH_MS = 2000;
const TONE_HZ = 440;
const TONE_MS = 400;
const TONE_AMPLITUDE = 4000;

export interface PromptFrames {
  get(key: string): Buffer | undefined;
  /** Asks greeting-service once, within the bound; null when there is nothing. */
  load(key: string, timeoutMs: number): Promise<Buffer | null>;
}

/** A file that Twilio plays; `isTone` where the prompt itself could not be had. */
export interface PromptFile {
  readonly wav: Buffer;
  readonly isTone: boolean;
}

/**
 * A prompt as a mu-law WAV file, exactly the bytes of its frames. Whoever answers may not have them, or no more: then
 * greeting-service is asked, and without an answer it is a short tone. An error would be worth less than silence to the
 * caller, whose message is taken behind the prompt.
 */
export const promptFile = async (frames: PromptFrames, key: string): Promise<PromptFile> => {
  const found = frames.get(key) ?? (await frames.load(key, FETCH_MS));
  return { wav: writeMulawWav([found ?? tone]), isTone: found === null };
};

const tone = encodeMulaw(
  Int16Array.from({ length: (TONE_MS * SAMPLE_RATE) / 1000 }, (_, n) =>
    Math.round(TONE_AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * n) / SAMPLE_RATE)),
  ),
);
