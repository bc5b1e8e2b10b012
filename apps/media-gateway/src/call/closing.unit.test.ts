import { Closing } from './closing';

const silence = { isAudible: false, isModelQuiet: false };
const heard = { isAudible: true, isModelQuiet: false };
const done = { isAudible: false, isModelQuiet: true };

describe('Closing', () => {
  it('leaves when the goodbye was said and heard to its end', () => {
    const closing = new Closing({ kind: 'hang-up' }, 0);
    expect(closing.due(250, heard)).toBeNull();
    closing.said();
    expect(closing.due(500, { isAudible: true, isModelQuiet: true })).toBeNull();
    expect(closing.due(750, done)).toBe('leave');
  });

  it('asks the model for the goodbye once, unless it came with the decision', () => {
    const closing = new Closing({ kind: 'hang-up' }, 0);
    expect([closing.ask(), closing.ask()]).toEqual([true, false]);
    closing.said();
    expect(closing.ask()).toBe(false);
  });

  it('has the prepared goodbye said after 4 s of silence, and leaves when that was heard', () => {
    const closing = new Closing({ kind: 'hang-up' }, 0);
    closing.ask();
    expect(closing.due(3750, silence)).toBeNull();
    expect(closing.due(4000, silence)).toBe('say-prepared');
    closing.saidPrepared();
    expect(closing.due(4250, heard)).toBeNull();
    expect(closing.due(5000, silence)).toBe('leave');
  });

  it('counts the silence from the last that was heard', () => {
    const closing = new Closing({ kind: 'hang-up' }, 0);
    closing.ask();
    expect(closing.due(3000, heard)).toBeNull();
    expect(closing.due(6750, silence)).toBeNull();
    expect(closing.due(7000, silence)).toBe('say-prepared');
  });

  it('does not wait for a model that is lost, or done without a goodbye', () => {
    const lost = new Closing({ kind: 'hang-up' }, 0);
    lost.modelLost();
    expect(lost.due(250, heard)).toBeNull();
    expect(lost.due(500, silence)).toBe('say-prepared');
    const failed = new Closing({ kind: 'hang-up' }, 0);
    failed.ask();
    expect(failed.due(250, done)).toBe('say-prepared');
  });

  it('leaves after 4 s of silence where the goodbye was said already, or a person is to have the call', () => {
    const said = new Closing({ kind: 'hang-up' }, 0);
    said.said();
    expect(said.due(3750, silence)).toBeNull();
    expect(said.due(4000, silence)).toBe('leave');
    expect(new Closing({ kind: 'transfer' }, 0).due(4000, silence)).toBe('leave');
  });

  it('hears out a message of a minute, and nobody for more than two', () => {
    const closing = new Closing({ kind: 'hang-up' }, 0);
    closing.said();
    for (let ms = 0; ms < 120_000; ms += 250) expect(closing.due(ms, heard)).toBeNull();
    expect(closing.due(120_000, heard)).toBe('leave');
  });

  it('leaves once', () => {
    const closing = new Closing({ kind: 'transfer' }, 0);
    closing.hasLeft = true;
    expect(closing.due(60_000, done)).toBeNull();
  });
});
