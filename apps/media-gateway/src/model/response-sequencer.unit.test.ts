import { LedgerItem } from '../playout/playback-ledger';
import { ResponseSequencer } from './response-sequencer';

const commands = (sent: string[]) => ({
  createResponse: (options?: { instructions?: string }) =>
    `e${sent.push(options?.instructions ? `create ${options.instructions}` : 'create')}`,
  cancelResponse: (id: string) => `e${sent.push(`cancel ${id}`)}`,
  truncateItem: (id: string, ms: number) => `e${sent.push(`truncate ${id} ${ms}`)}`,
  deleteItem: (id: string) => `e${sent.push(`delete ${id}`)}`,
});

const started = () => {
  const sent: string[] = [];
  return { sent, sequencer: new ResponseSequencer(commands(sent)) };
};

describe('ResponseSequencer', () => {
  it('never has two responses under way: a second request waits for the first to be done', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    sequencer.request();
    sequencer.created('r1');
    sequencer.request();
    expect(sent).toEqual(['create']);
    sequencer.done('r1');
    expect(sent).toEqual(['create', 'create']);
    sequencer.created('r2');
    sequencer.done('r2');
    expect(sent).toEqual(['create', 'create']);
    expect(sequencer.isQuiet).toBe(true);
  });

  it('cancels a response once, however often the caller interrupts, and answers only after it is done', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    sequencer.created('r1');
    expect(sequencer.interrupt()).toBe('r1');
    expect(sequencer.interrupt()).toBeNull();
    sequencer.request();
    expect(sent).toEqual(['create', 'cancel r1']);
    expect(sequencer.isWithheld('r1')).toBe(true);
    sequencer.done('r1');
    expect(sent).toEqual(['create', 'cancel r1', 'create']);
  });

  it('sends no cancel after the response is done', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    sequencer.created('r1');
    sequencer.done('r1');
    expect(sequencer.interrupt()).toBeNull();
    expect(sent).toEqual(['create']);
  });

  it('waits with a cancel until the response has an id', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    expect(sequencer.interrupt()).toBeNull();
    expect(sent).toEqual(['create']);
    sequencer.created('r1');
    expect(sent).toEqual(['create', 'cancel r1']);
    expect(sequencer.isWithheld('r1')).toBe(true);
  });

  it('forgets what was requested when the caller goes on speaking', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    sequencer.created('r1');
    sequencer.interrupt();
    sequencer.request();
    sequencer.interrupt();
    sequencer.done('r1');
    expect(sent).toEqual(['create', 'cancel r1']);
  });

  it('is idle again when its create was refused, and tries again after a response it did not know of', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    expect(sequencer.failed('refused', 'e1')).toBe(true);
    expect(sequencer.isQuiet).toBe(true);
    sequencer.request();
    expect(sequencer.failed('response-active', 'e2')).toBe(false);
    expect(sent).toHaveLength(2);
    sequencer.done('of nobody');
    expect(sent).toHaveLength(3);
  });

  it('absorbs the refusal of a cancel that came too late', () => {
    const { sequencer } = started();
    sequencer.request();
    sequencer.created('r1');
    sequencer.interrupt();
    sequencer.done('r1');
    expect(sequencer.failed('nothing-to-cancel', 'e2')).toBe(false);
    expect(sequencer.isQuiet).toBe(true);
  });

  it('truncates at what was given to the TX queue, deletes what was not heard, leaves what is heard whole', () => {
    const { sent, sequencer } = started();
    const item = (id: string, queuedBytes: number, generatedBytes: number) =>
      Object.assign(new LedgerItem(id, 'r1'), { queuedBytes, generatedBytes });
    sequencer.cut(item('unheard', 0, 8000), false);
    sequencer.cut(item('half', 1604, 8000), false);
    sequencer.cut(item('growing', 8000, 8000), false);
    sequencer.cut(item('whole', 8000, 8000), true);
    expect(sent).toEqual(['delete unheard', 'truncate half 200', 'truncate growing 1000']);
  });

  it('says what a lost session owed: the response under way, or what was asked for behind it', () => {
    const { sent, sequencer } = started();
    sequencer.request({ instructions: 'Say exactly: welcome' });
    sequencer.created('r1');
    expect(sequencer.restart()).toEqual({ instructions: 'Say exactly: welcome' });
    sequencer.request();
    sequencer.request({ instructions: 'next' });
    expect(sequencer.restart()).toEqual({ instructions: 'next' });
    expect(sequencer.isQuiet).toBe(true);
    expect(sent).toHaveLength(2);
  });

  it('owes a new session nothing that the caller interrupted', () => {
    const { sequencer } = started();
    sequencer.request();
    sequencer.interrupt();
    expect(sequencer.restart()).toBeNull();
    sequencer.request();
    sequencer.created('r1');
    sequencer.interrupt();
    expect(sequencer.restart()).toBeNull();
  });

  it('stops one response without forgetting what was asked for behind it', () => {
    const { sent, sequencer } = started();
    sequencer.request();
    sequencer.created('r1');
    sequencer.request();
    sequencer.stop('r0');
    sequencer.stop('r1');
    sequencer.stop('r1');
    sequencer.done('r1');
    expect(sent).toEqual(['create', 'cancel r1', 'create']);
  });
});
