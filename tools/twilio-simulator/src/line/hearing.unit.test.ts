import { encodeDtmf, encodeMulaw, framesOf } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import { ManualClock } from '@frontdesk/runtime';
import { Hearing } from './hearing';
import { SILENT_FRAME } from './line';

const listening = () => {
  const clock = new ManualClock();
  const hearing = new Hearing(clock);
  const startedAtMs = clock.now();
  let clockAtDry = 0;
  const hear = (frame: Buffer | null): void => {
    clock.advance(20);
    hearing.hear(frame);
    if (frame) clockAtDry = clock.now() + 20;
  };
  return {
    hearing,
    /** When the last frame played had been heard to its end. */
    dryAtMs: () => clockAtDry,
    sinceStart: (ms: number | null) => (ms === null ? null : ms - startedAtMs),
    play(text: string): number {
      return this.playAudio(framesOf(encodeMulaw(encodeSpeech(text))));
    },
    playAudio(mulaw: Buffer): number {
      for (let at = 0; at < mulaw.length; at += 160) hear(mulaw.subarray(at, at + 160));
      return mulaw.length / 8;
    },
    nothing: (ms: number) => {
      for (let elapsed = 0; elapsed < ms; elapsed += 20) hear(null);
    },
    silence: (ms: number) => {
      for (let elapsed = 0; elapsed < ms; elapsed += 20) hear(SILENT_FRAME);
    },
  };
};

describe('what the far end hears', () => {
  it('is read for telephone keys too, which speech never looks like', () => {
    const ear = listening();
    ear.play('one moment please');
    ear.playAudio(encodeDtmf('4*22#'));
    ear.nothing(400);
    ear.playAudio(encodeDtmf('2'));
    expect(ear.hearing.digits).toBe('4*22#2');
    expect(ear.hearing.heardText).toMatch(/^one moment please/);
  });

  it('is split into spurts where nothing was played for 300 ms, ending where playing ran dry', () => {
    const ear = listening();
    ear.nothing(100);
    const firstMs = ear.play('first sentence');
    ear.nothing(200);
    ear.play('goes on');
    ear.nothing(400);
    ear.play('second');
    ear.nothing(400);
    expect(ear.hearing.spurts.map(({ text }) => text)).toEqual(['first sentence goes on', 'second']);
    const [first] = ear.hearing.spurts;
    expect(ear.sinceStart(first!.startMs)).toBe(120);
    expect(ear.sinceStart(first!.endMs)).toBeGreaterThan(120 + firstMs + 200);
    expect(ear.hearing.heardText).toBe('first sentence goes on second');
  });

  it('ends at the moment the last frame had been heard', () => {
    const ear = listening();
    ear.play('over');
    const dryAtMs = ear.dryAtMs();
    ear.nothing(1_000);
    expect(ear.hearing.spurts[0]?.endMs).toBe(dryAtMs);
  });

  it('ends a spurt after a second of silence that is being played', () => {
    const ear = listening();
    ear.play('one');
    ear.silence(1_200);
    ear.play('two');
    expect(ear.hearing.spurts).toHaveLength(2);
    expect(ear.hearing.spurts[0]?.endMs).not.toBeNull();
  });

  it('closes the open spurt when the call ends, with the words so far', () => {
    const ear = listening();
    ear.play('cut short');
    ear.hearing.close();
    expect(ear.hearing.spurts).toMatchObject([{ text: 'cut short' }]);
    expect(ear.hearing.spurts[0]?.endMs).not.toBeNull();
  });
});
