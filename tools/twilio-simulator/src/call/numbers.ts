import { z } from 'zod';
import type { Journal } from '../book/journal';
import { newSid } from './sid';

export const ownedNumberSchema = z.object({
  number: z.string().regex(/^\+[1-9]\d{6,14}$/),
  voiceUrl: z.url(),
  voiceMethod: z.enum(['GET', 'POST']).optional(),
  fallbackUrl: z.url().optional(),
  statusCallback: z.url().optional(),
});
export type OwnedNumber = z.infer<typeof ownedNumberSchema> & { readonly sid: string };

/** The account's own numbers: what may be called, and what calls may be made from. */
export class NumberBook {
  private readonly numbers = new Map<string, OwnedNumber>();

  constructor(private readonly journal: Journal) {}

  set(number: z.infer<typeof ownedNumberSchema>): OwnedNumber {
    const owned = { ...number, sid: this.numbers.get(number.number)?.sid ?? newSid('PN') };
    this.restore(owned);
    this.journal.append('number', owned);
    return owned;
  }

  restore(owned: OwnedNumber): void {
    this.numbers.set(owned.number, owned);
  }

  find(number: string): OwnedNumber | undefined {
    return this.numbers.get(number);
  }

  list(): OwnedNumber[] {
    return [...this.numbers.values()];
  }
}
