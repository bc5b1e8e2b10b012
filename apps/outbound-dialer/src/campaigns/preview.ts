import { type CampaignPreview } from '@frontdesk/contracts';
import { setImmediate } from 'node:timers/promises';
import { type DialRules, mayDial, type Verdict } from '../compliance/may-dial';
import { type PreviewGroup } from '../store/queries/preview-groups';

type Skipped = CampaignPreview['skipped'][number]['reason'];
type Later = CampaignPreview['later'][number]['reason'];

const because: Record<Skipped, string> = {
  'do-not-call': 'on the do-not-call list',
  'no-consent': 'no consent',
  'outside-hours': 'no hour suits all time zones of the number',
};

/** Contacts alike that are decided at a stretch: calls and callbacks of this process come in between. */
const atAStretch = 100;

/**
 * What the rules say of every open contact at this moment: the same rules that decide when they are dialled. Reads a page
 * at a time and lets others have their turn, however many contacts there are.
 */
export const previewOf = async (
  pages: AsyncIterable<readonly PreviewGroup[]>,
  rules: DialRules,
  now: Date,
): Promise<CampaignPreview> => {
  const tally = new Tally();
  let decided = 0;
  for await (const groups of pages)
    for (const group of groups) {
      tally.add(mayDial(group, rules, now), group.contacts);
      if (++decided % atAStretch === 0) await setImmediate();
    }
  return tally.result();
};

class Tally {
  private contacts = 0;
  private atOnce = 0;
  private readonly later = new Map<Later, number>();
  private readonly skipped = new Map<Skipped, number>();

  add(verdict: Verdict, n: number): void {
    this.contacts += n;
    if (verdict.kind === 'dial') this.atOnce += n;
    else if (verdict.kind === 'never') add(this.skipped, verdict.outcome, n);
    // Where only the campaign's time zone would tell, and is unknown here, nobody knows that it is within the hours.
    else add(this.later, verdict.kind === 'pause' ? 'outside-hours' : verdict.because, n);
  }

  result(): CampaignPreview {
    const { contacts, atOnce, later, skipped } = this;
    return {
      contacts,
      now: atOnce,
      later: [...later].map(([reason, n]) => ({ reason, contacts: n })),
      skipped: [...skipped].map(([reason, n]) => ({ reason, contacts: n })),
      summary: summaryOf(contacts, skipped),
    };
  }
}

const add = <K>(counts: Map<K, number>, key: K, n: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + n);
};

const summaryOf = (contacts: number, skipped: ReadonlyMap<Skipped, number>): string => {
  const total = [...skipped.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) return `None of ${contacts} will be skipped`;
  const reasons = [...skipped].map(([reason, n]) => `${because[reason]} (${n})`);
  return `${total} of ${contacts} will be skipped because: ${reasons.join(', ')}`;
};
