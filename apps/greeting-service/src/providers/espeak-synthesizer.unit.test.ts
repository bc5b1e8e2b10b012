import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertEspeakInstalled, createEspeakSynthesizer } from './espeak-synthesizer';

const folder = mkdtempSync(join(tmpdir(), 'espeak-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that behaves as espeak-ng: a WAV whose header does not know its length, one sample a byte of the text. */
const program = (name: string, body: string): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${body}`);
  chmodSync(path, 0o755);
  return path;
};
const talking = `
const text = require('node:fs').readFileSync(0);
const header = Buffer.alloc(44);
header.write('RIFF', 0); header.writeUInt32LE(0x7ffff024, 4); header.write('WAVEfmt ', 8);
header.writeUInt32LE(16, 16); header.writeUInt16LE(1, 20); header.writeUInt16LE(1, 22);
header.writeUInt32LE(22050, 24); header.writeUInt32LE(44100, 28); header.writeUInt16LE(2, 32); header.writeUInt16LE(16, 34);
header.write('data', 36); header.writeUInt32LE(0x7ffff000, 40);
const data = Buffer.alloc(text.length * 2);
text.forEach((byte, i) => data.writeInt16LE(byte, i * 2));
if (process.argv.includes('xx')) { console.error('voice not found'); process.exit(1); }
process.stdout.write(Buffer.concat([header, data]));`;

const speak = async (path: string, text: string, voice = 'he'): Promise<number[]> => {
  const samples: number[] = [];
  for await (const piece of createEspeakSynthesizer(path).synthesize({ text, voice, locale: 'he-IL' }))
    samples.push(...piece);
  return samples;
};

describe('the offline voice', () => {
  it('reads the text from its input and gives PCM at 22.05 kHz', async () => {
    expect(await speak(program('talking', talking), '-v hi')).toEqual([...Buffer.from('-v hi')]);
  });

  it('fails with what the program said', async () => {
    await expect(speak(program('refusing', talking), 'hi', 'xx')).rejects.toThrow(/voice not found/);
  });

  it('says in one line how to install it when it is not there', async () => {
    await expect(assertEspeakInstalled(join(folder, 'nowhere'))).rejects.toThrow(
      /needs the program .*nowhere.*apt-get install espeak-ng/,
    );
    await expect(assertEspeakInstalled(program('installed', 'process.exit(0)'))).resolves.toBeUndefined();
  });
});
