import { type CampaignPreview } from '@frontdesk/contracts';
import { type DialRules, mayDial } from '../compliance/may-dial';
import { type PreviewGroup } from '../store/queries/preview-groups';

type Skipped = CampaignPreview['skipped'][number]['reason'];
type Later = CampaignPreview['later'][number]['reason'];

const because: Record<Skipped, string> = {
  'do-not-call': 'on the do-not-call list',
  'no-consent': 'no consent',
  'outside-hours': 'no hour suits all time zones of the number',
};

/** What the rules say of every open contact at this moment: the same rules that decide when they are dialled. */
export const previewOf = (groups: readonly PreviewGroup[], rules: DialRules, now: Date): CampaignPreview => {
  let [contacts, atOnce] = [0, 0];
  const later = new Map<Later, number>();
  const skipped = new Map<Skipped, number>();
  for (const group of groups) {
    contacts += group.contacts;
    const verdict = mayDial(group, rules, now);
    if (verdict.kind === 'dial') atOnce += group.contacts;
    else if (verdict.kind === 'never') add(skipped, verdict.outcome, group.contacts);
    else
      add(
        later,
        verdict.reason === 'outside calling hours' ? 'outside-hours' : 'attempts-per-day',
        group.contacts,
      );
  }
  return {
    contacts,
    now: atOnce,
    later: [...later].map(([reason, n]) => ({ reason, contacts: n })),
    skipped: [...skipped].map(([reason, n]) => ({ reason, contacts: n })),
    summary: summaryOf(contacts, skipped),
  };
};

const add = <K>(counts: Map<K, number>, key: K, n: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + n);
};

const summaryOf = (contacts: number, skipped: ReadonlyMap<Skipped, number>): string => {
  const total = [...skipped.values()].reduce((sum, n) => sum + n, 0);
  if (total === 0) return `None of ${contacts} will be skipped`;
  const reasons = [...skipped].map(([reason, n]) => `${because[reason]} (${n})`);
  return `${total} of ${contacts} will be skipped because: ${reasons.join(', ')}`;
};
