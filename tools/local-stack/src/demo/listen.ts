import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parseWav, Resampler, writeWav } from '@frontdesk/audio';
import { type RecordedWord } from './words';

const run = promisify(execFile);
const RATE = 8000;
const PROGRAM = 'espeak-ng';

export const hasEspeak = async (): Promise<boolean> => {
  try {
    await run(PROGRAM, ['--version']);
    return true;
  } catch {
    return false;
  }
};

/**
 * A recording for people: every word that the true recording holds, spoken at its place by espeak-ng, caller left and
 * agent right, instead of the tones that carry the words between simulators.
 */
export const writeListenWav = async (
  recorded: readonly RecordedWord[],
  locale: string,
  file: string,
): Promise<void> => {
  const endMs = recorded.reduce((end, word) => Math.max(end, word.endMs), 0) + 1000;
  const channels = [new Int16Array((endMs * RATE) / 1000), new Int16Array((endMs * RATE) / 1000)];
  const spoken = new Map<string, Int16Array>();
  for (const { speaker, text, startMs, endMs: wordEndMs } of recorded) {
    const key = `${speaker} ${text}`;
    const pcm = spoken.get(key) ?? (await speak(text, locale, speaker === 'agent' ? 'f3' : 'm3'));
    spoken.set(key, pcm);
    const channel = channels[speaker === 'caller' ? 0 : 1];
    const start = Math.round((startMs * RATE) / 1000);
    // A word may be spoken a little longer than its tones took; the next one covers its tail.
    const room = Math.min(pcm.length, Math.round(((wordEndMs - startMs) * 1.5 * RATE) / 1000));
    channel?.set(pcm.subarray(0, Math.max(0, Math.min(room, channel.length - start))), start);
  }
  writeFileSync(file, writeWav(channels, RATE));
};

const speak = async (text: string, locale: string, variant: string): Promise<Int16Array> => {
  const language = locale.split('-')[0] ?? 'en';
  const { stdout } = await run(
    PROGRAM,
    ['-v', `${language}+${variant}`, '-s', '190', '--stdout', '--', text],
    {
      encoding: 'buffer',
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  const { sampleRate, samples } = parseWav(stdout);
  const resampler = new Resampler(sampleRate, RATE);
  const pcm = [resampler.process(samples[0] ?? new Int16Array()), resampler.flush()];
  const whole = new Int16Array(pcm[0]!.length + pcm[1]!.length);
  whole.set(pcm[0]!);
  whole.set(pcm[1]!, pcm[0]!.length);
  return whole;
};
