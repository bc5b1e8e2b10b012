import { spawn } from 'node:child_process';
import { parseWav } from '@frontdesk/audio';
import { SpeechError, type SpeechSynthesizer, type SynthesisRequest } from '@frontdesk/speech';

/** espeak-ng's own rate. It is an external program (GPL), called when installed, never part of this one. */
const ESPEAK_HZ = 22_050;
const TIMEOUT_MS = 15_000;
/** Ten minutes of speech. */
const MAX_BYTES = 10 * 60 * ESPEAK_HZ * 2;

/** The offline voice: robotic, but it speaks without an account or a network (GR6). */
export const createEspeakSynthesizer = (program: string): SpeechSynthesizer => ({
  provider: 'offline',
  model: 'espeak-ng',
  sampleRate: ESPEAK_HZ,
  async *synthesize(request) {
    const { samples, sampleRate } = parseWav(await speak(program, request));
    if (sampleRate !== ESPEAK_HZ || !samples[0])
      throw new SpeechError('rejected', `espeak-ng answered with ${sampleRate} Hz instead of ${ESPEAK_HZ}`);
    yield samples[0];
  },
});

/** Throws one line for people when the program cannot be run. */
export const assertEspeakInstalled = async (program: string): Promise<void> => {
  try {
    await run(program, ['--version'], '');
  } catch {
    throw new Error(
      `TTS_PROVIDER=offline needs the program ${program}, which cannot be run: install it (apt-get install espeak-ng) or name it in ESPEAK_PROGRAM`,
    );
  }
};

/** The text goes in by standard input, so that nothing in it can be taken for an option. */
const speak = (program: string, { text, voice, signal }: SynthesisRequest): Promise<Buffer> =>
  run(program, ['-v', voice, '--stdin', '--stdout', '-b', '1'], text, signal);

const run = (program: string, args: string[], input: string, signal?: AbortSignal): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // Not spawn's own `timeout`: its timer outlives a program that could not be started.
    const bound = AbortSignal.timeout(TIMEOUT_MS);
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: signal ? AbortSignal.any([signal, bound]) : bound,
    });
    const output: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) child.kill();
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + String(chunk)).slice(0, 500)));
    child.stdin.on('error', () => undefined); // it ended without reading: told by its exit code
    child.on('error', (cause) => reject(failure(program, cause, bound.aborted, signal?.aborted ?? false)));
    child.on('close', (code, killedBy) => {
      if (code === 0) resolve(Buffer.concat(output));
      else
        reject(
          new SpeechError(
            'rejected',
            `${program} ended with ${killedBy ?? code}: ${complaint.split('\n')[0]}`,
          ),
        );
    });
    child.stdin.end(input);
  });

const failure = (program: string, cause: Error, isLate: boolean, isUnwanted: boolean): SpeechError => {
  if (isUnwanted) return new SpeechError('aborted', `${program} was stopped`, { cause });
  if (isLate) return new SpeechError('timeout', `${program} took longer than ${TIMEOUT_MS} ms`, { cause });
  return new SpeechError('rejected', `${program} cannot be run`, { cause });
};
