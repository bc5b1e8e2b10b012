import { LedgerItem, PlaybackLedger } from './playback-ledger';

describe('PlaybackLedger', () => {
  it('takes a mark for itself and for the ones before it that were lost', () => {
    const ledger = new PlaybackLedger(2);
    const first = new LedgerItem('a', 'r1');
    const second = new LedgerItem('b', 'r2');
    const heard: string[] = [];
    ledger.mark(first, 1600, () => heard.push('first'));
    const name = ledger.mark(second, 800, null);
    ledger.heard(name);
    expect([first.heardBytes, second.heardBytes]).toEqual([1600, 800]);
    expect(heard).toEqual(['first']);
    expect(ledger.isAwaitingMarks).toBe(false);
  });

  it('counts marks that it does not await and changes nothing', () => {
    const ledger = new PlaybackLedger(2);
    const item = new LedgerItem('a', 'r1');
    const name = ledger.mark(item, 1600, null);
    ledger.heard('1:1');
    expect(item.heardBytes).toBe(0);
    ledger.heard(name);
    ledger.heard(name);
    expect(ledger.unexpectedMarks).toBe(2);
  });

  it('makes names that no other generation makes', () => {
    const item = new LedgerItem('a', null);
    const names = [1, 2].flatMap((generation) => {
      const ledger = new PlaybackLedger(generation);
      return [ledger.mark(item, 0, null), ledger.mark(item, 0, null)];
    });
    expect(new Set(names).size).toBe(4);
  });

  it('takes nothing for heard that Twilio was told to forget, although its marks come back', () => {
    const ledger = new PlaybackLedger(1);
    const first = Object.assign(new LedgerItem('a', 'r1'), { queuedBytes: 1600, sentBytes: 1600 });
    const second = Object.assign(new LedgerItem('b', 'r1'), { queuedBytes: 3200, sentBytes: 3200 });
    const heard: string[] = [];
    ledger.heard(ledger.mark(first, 1600, null));
    const names = [1600, 3200].map((end) => ledger.mark(second, end, () => heard.push('second')));
    ledger.clear([first, second], 1120);
    expect(ledger.isAwaitingMarks).toBe(false);
    for (const name of names) ledger.heard(name);
    expect([first.hearableBytes, second.hearableBytes]).toEqual([1600, 2080]);
    expect(second.heardBytes).toBe(0);
    expect(heard).toEqual([]);
    expect(ledger.unexpectedMarks).toBe(0);
  });

  it('forgets over several items, the newest first, and never what was heard for certain', () => {
    const ledger = new PlaybackLedger(1);
    const items = ['a', 'b', 'c'].map((id) =>
      Object.assign(new LedgerItem(id, 'r1'), { queuedBytes: 800, sentBytes: 800 }),
    );
    ledger.heard(ledger.mark(items[0]!, 400, null));
    ledger.clear(items, 5000);
    expect(items.map(({ hearableBytes }) => hearableBytes)).toEqual([400, 0, 0]);
    ledger.clear(items, 5000);
    expect(items.map(({ hearableBytes }) => hearableBytes)).toEqual([400, 0, 0]);
  });
});
