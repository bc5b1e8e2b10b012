import { LiveSpeech } from './live-speech';

const [one, two, whole] = [1, 2, 3].map((byte) => Buffer.alloc(160, byte)) as [Buffer, Buffer, Buffer];
const heardOf = async (speech: LiveSpeech): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of speech.frames()) pieces.push(piece);
  return Buffer.concat(pieces);
};

describe('speech that another replica makes', () => {
  it('ends when its last piece came, not when its whole is stored', async () => {
    const speech = new LiveSpeech();
    expect(speech.relay(one)).toBe(true);
    speech.finish(whole);
    expect(speech.relay(two)).toBe(true);
    speech.end();
    expect(speech.relay(whole)).toBe(false);
    expect(await heardOf(speech)).toEqual(Buffer.concat([one, two]));
  });

  it('is not mixed with what this replica makes', () => {
    const speech = new LiveSpeech();
    expect([speech.isAwaited, speech.isMadeHere]).toEqual([true, false]);
    speech.claimed();
    expect([speech.isAwaited, speech.isMadeHere]).toEqual([false, true]);
    expect(speech.relay(one)).toBe(false);
  });

  it('is the stored whole when nothing of it came', async () => {
    const speech = new LiveSpeech();
    speech.finish(whole);
    expect(await heardOf(speech)).toEqual(whole);
    expect(speech.isAwaited).toBe(false);
  });
});
