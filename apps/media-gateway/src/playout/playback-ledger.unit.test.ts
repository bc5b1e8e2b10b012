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
});
