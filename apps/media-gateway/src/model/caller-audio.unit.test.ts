import { encodeMulaw } from '@frontdesk/audio';
import fc from 'fast-check';
import { CallerAudio } from './caller-audio';

const started = (appendMs = 40, isWatched?: () => boolean) => {
  const batches: Buffer[] = [];
  const audio = new CallerAudio(appendMs, (mulaw) => batches.push(Buffer.from(mulaw)), isWatched);
  /** A payload, somewhere in a message. */
  const media = (payload: string, timestampMs: number, nowMs: number): boolean => {
    const message = Buffer.from(`"${payload}"`);
    return audio.media(message, 1, message.length - 1, timestampMs, nowMs);
  };
  const frame = (value: number) => Buffer.alloc(160, value).toString('base64');
  return { batches, audio, media, frame, heard: () => Buffer.concat(batches) };
};

describe('CallerAudio', () => {
  it('joins frames into one append every 40 ms, byte for byte', () => {
    const { batches, frame, media } = started();
    for (let index = 0; index < 4; index++) media(frame(index + 1), index * 20, index * 20);
    expect(batches.map((batch) => batch.length)).toEqual([320, 320]);
    expect(batches[1]).toEqual(Buffer.concat([Buffer.alloc(160, 3), Buffer.alloc(160, 4)]));
  });

  it('gives all that a read brought, so that nothing of it waits for the next', () => {
    const { batches, frame, media, audio } = started();
    const read = (...values: number[]): number[] => {
      const before = batches.length;
      for (const value of values) media(frame(value), value * 20, value * 20);
      audio.endOfRead(values.at(-1)! * 20);
      return batches.slice(before).map((batch) => batch.length);
    };
    expect(read(1)).toEqual([160]);
    expect(read(2, 3)).toEqual([320]);
    expect(read(4, 5, 6)).toEqual([320, 160]);
    audio.endOfRead(140);
    expect(batches).toHaveLength(4);
  });

  describe('on a line on which nobody speaks', () => {
    const QUIET = 0xfe;
    const line = (isWatched = false) => {
      const { batches, frame, media } = started(40, () => isWatched);
      let atMs = 0;
      const frames = (count: number, value: number): void => {
        for (let left = count; left > 0; left--) media(frame(value), atMs, (atMs += 20));
      };
      const skip = (ms: number): void => void (atMs += ms);
      return { frames, skip, lengths: () => batches.map((batch) => batch.length), batches };
    };

    const SECOND = 50;

    it('gives five batches at once, a second after the last sound', () => {
      const { frames, lengths } = line();
      frames(SECOND, QUIET);
      expect(new Set(lengths())).toEqual(new Set([320]));
      const before = lengths().length;
      frames(20, QUIET);
      expect(lengths().slice(before)).toEqual([1600, 1600]);
      frames(2, 0x20);
      frames(SECOND, QUIET);
      expect(new Set(lengths().slice(before + 2))).toEqual(new Set([320]));
    });

    it('holds nothing back from the first batch with a sound on', () => {
      const { frames, lengths, batches } = line();
      frames(SECOND, QUIET);
      const before = lengths().length;
      frames(4, QUIET);
      frames(4, 0x20);
      expect(lengths().slice(before)).toEqual([960, 320]);
      expect(batches[before]).toEqual(Buffer.concat([Buffer.alloc(640, QUIET), Buffer.alloc(320, 0x20)]));
    });

    it('holds nothing while the caller speaks, as far as the model knows', () => {
      const { frames, lengths } = line(true);
      frames(2 * SECOND, QUIET);
      expect(new Set(lengths())).toEqual(new Set([320]));
    });

    it('is never more than 200 ms late, and loses nothing where silence is put in, whatever a batch and a message are', () => {
      const messages = fc.array(
        fc.record({
          frames: fc.integer({ min: 1, max: 5 }),
          skippedFrames: fc.constantFrom(0, 0, 0, 0, 3, 7),
        }),
        { minLength: 60, maxLength: 90 },
      );
      fc.assert(
        fc.property(fc.integer({ min: 20, max: 500 }), messages, (appendMs, said) => {
          const { batches, media } = started(appendMs, () => false);
          const expected: Buffer[] = [];
          let [atMs, givenBytes, seen] = [0, 0, 0];
          for (const [index, { frames, skippedFrames }] of said.entries()) {
            if (index > 0) {
              atMs += skippedFrames * 20;
              expected.push(Buffer.alloc(skippedFrames * 160, 0xff));
            }
            const audio = Buffer.alloc(frames * 160, 0xf0 + (index % 8));
            expected.push(audio);
            media(audio.toString('base64'), atMs, atMs);
            atMs += frames * 20;
            for (; seen < batches.length; seen++) givenBytes += batches[seen]!.length;
            expect(atMs - givenBytes / 8).toBeLessThan(Math.max(200, appendMs) + 1);
          }
          const whole = Buffer.concat(expected);
          expect(Buffer.concat(batches).equals(whole.subarray(0, givenBytes))).toBe(true);
        }),
      );
    });

    it('gives the silence of a gap at once, behind what was held', () => {
      const { frames, skip, batches } = line();
      frames(SECOND, QUIET);
      const before = batches.length;
      frames(2, QUIET);
      skip(500);
      frames(1, QUIET);
      expect(Buffer.concat(batches.slice(before))).toEqual(
        Buffer.concat([Buffer.alloc(320, QUIET), Buffer.alloc(4000, 0xff)]),
      );
    });
  });

  it('fills a gap with as much silence as the timestamps skip', () => {
    const { audio, frame, heard, media } = started();
    media(frame(1), 0, 0);
    media(frame(2), 520, 520);
    media(frame(2), 540, 540);
    expect(heard()).toEqual(
      Buffer.concat([Buffer.alloc(160, 1), Buffer.alloc(4000, 0xff), Buffer.alloc(320, 2)]),
    );
    expect(audio.paddedMs).toBe(500);
  });

  it('puts in no more than ten seconds for one gap', () => {
    const { audio, frame, media } = started();
    media(frame(1), 0, 0);
    media(frame(2), 600_000, 600_000);
    expect(audio.paddedMs).toBe(10_000);
  });

  it('supposes one second of silence after 750 ms without media, and does not count it again afterwards', () => {
    const { audio, frame, media } = started();
    media(frame(1), 0, 0);
    audio.callerMaySpeakStill(700);
    expect(audio.paddedMs).toBe(0);
    audio.callerMaySpeakStill(760);
    audio.callerMaySpeakStill(1010);
    expect(audio.paddedMs).toBe(1000);
    media(frame(2), 3020, 3020);
    expect(audio.paddedMs).toBe(3000);
  });

  it('refuses a payload that is not base64, takes nothing of it, and goes on', () => {
    const { frame, heard, media } = started(20);
    const broken = [
      '***',
      '****',
      `${frame(1).slice(0, 100)}*${frame(1).slice(101)}`,
      'AAA',
      'A===',
      'AA==AAAA',
      '\u0000AAA',
      'שלום',
      `${Buffer.alloc(20_000).toString('base64').slice(4)}AA*=`,
    ];
    expect(broken.filter((payload) => media(payload, 0, 0))).toEqual([]);
    expect(media(frame(9), 0, 20)).toBe(true);
    expect(heard()).toEqual(Buffer.alloc(160, 9));
  });

  it('takes payloads of any length whole', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40_000), { minLength: 1, maxLength: 8 }), (sizes) => {
        const { heard, media } = started(20);
        let atMs = 0;
        const said = sizes.map((size, index) => Buffer.alloc(size, index));
        for (const bytes of said) {
          expect(media(bytes.toString('base64'), Math.round(atMs), atMs)).toBe(true);
          atMs += bytes.length / 8;
        }
        const whole = Buffer.concat(said);
        const out = heard();
        expect(out.equals(whole.subarray(0, out.length))).toBe(true);
        expect(whole.length - out.length).toBeLessThan(160);
      }),
      { numRuns: 50 },
    );
  });

  it('puts in no more silence than time has passed and ten seconds, whatever the timestamps say', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10 ** 9), { minLength: 1, maxLength: 60 }), (timestamps) => {
        const { audio, frame, media } = started();
        let nowMs = 0;
        for (const timestampMs of timestamps) media(frame(1), timestampMs, (nowMs += 20));
        expect(audio.paddedMs).toBeLessThanOrEqual(nowMs + 10_000);
      }),
    );
  });

  it('puts in nothing for timestamps that go back, and fills gaps again after one that jumped too far', () => {
    const { audio, frame, media } = started();
    media(frame(1), 1000, 0);
    media(frame(1), 980, 20);
    media(frame(1), 1020, 40);
    expect(audio.paddedMs).toBe(0);
    media(frame(1), 900_000_000, 60);
    expect(audio.paddedMs).toBe(10_000);
    media(frame(1), 1060, 80);
    media(frame(1), 2080, 1100);
    expect(audio.paddedMs).toBe(11_000);
  });

  it('knows how long the line has been quiet, by its level, while that is watched', () => {
    let isWatched = true;
    const { audio, media } = started(40, () => isWatched);
    const tone = (amplitude: number): string =>
      encodeMulaw(Int16Array.from({ length: 160 }, (_, n) => amplitude * Math.sin(n / 3))).toString('base64');
    let nowMs = 0;
    const line = (ms: number, amplitude: number): void => {
      for (let left = ms; left > 0; left -= 20) media(tone(amplitude), nowMs, (nowMs += 20));
    };
    line(1000, 3000);
    expect(audio.quietMs(nowMs)).toBeLessThanOrEqual(40);
    line(1000, 100);
    expect(audio.quietMs(nowMs)).toBe(1000);
    line(200, 1500);
    expect(audio.quietMs(nowMs)).toBe(0);
    isWatched = false;
    line(200, 3000);
    expect(audio.quietMs(nowMs)).toBe(200);
    expect(audio.quietMs(nowMs + 5000)).toBe(5200);
  });
});
