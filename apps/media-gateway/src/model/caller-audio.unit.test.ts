import { CallerAudio } from './caller-audio';

const started = (appendMs = 40) => {
  const batches: Buffer[] = [];
  const audio = new CallerAudio(appendMs, (base64) => batches.push(Buffer.from(base64, 'base64')));
  const frame = (value: number) => Buffer.alloc(160, value).toString('base64');
  return { batches, audio, frame, heard: () => Buffer.concat(batches) };
};

describe('CallerAudio', () => {
  it('joins frames into one append every 40 ms, byte for byte', () => {
    const { batches, audio, frame } = started();
    for (let index = 0; index < 4; index++) audio.media(frame(index + 1), index * 20, index * 20);
    expect(batches.map((batch) => batch.length)).toEqual([320, 320]);
    expect(batches[1]).toEqual(Buffer.concat([Buffer.alloc(160, 3), Buffer.alloc(160, 4)]));
  });

  it('fills a gap with as much silence as the timestamps skip', () => {
    const { audio, frame, heard } = started();
    audio.media(frame(1), 0, 0);
    audio.media(frame(2), 520, 520);
    audio.media(frame(2), 540, 540);
    expect(heard()).toEqual(
      Buffer.concat([Buffer.alloc(160, 1), Buffer.alloc(4000, 0xff), Buffer.alloc(320, 2)]),
    );
    expect(audio.paddedMs).toBe(500);
  });

  it('puts in no more than ten seconds for one gap', () => {
    const { audio, frame } = started();
    audio.media(frame(1), 0, 0);
    audio.media(frame(2), 600_000, 600_000);
    expect(audio.paddedMs).toBe(10_000);
  });

  it('supposes one second of silence after 750 ms without media, and does not count it again afterwards', () => {
    const { audio, frame } = started();
    audio.media(frame(1), 0, 0);
    audio.callerMaySpeakStill(700);
    expect(audio.paddedMs).toBe(0);
    audio.callerMaySpeakStill(760);
    audio.callerMaySpeakStill(1010);
    expect(audio.paddedMs).toBe(1000);
    audio.media(frame(2), 3020, 3020);
    expect(audio.paddedMs).toBe(3000);
  });

  it('ignores a payload that is not base64 and goes on', () => {
    const { audio, frame, batches } = started(20);
    audio.media('***', 0, 0);
    audio.media(frame(9), 20, 20);
    expect(batches.at(-1)).toEqual(Buffer.alloc(160, 9));
  });
});
