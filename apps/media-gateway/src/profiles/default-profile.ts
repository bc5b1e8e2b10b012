import { readFileSync } from 'node:fs';
import { type BusinessProfile } from '@frontdesk/contracts';
import { z } from 'zod';

/** What a call needs of a business. A profile snapshot has it; so has the default profile, which is nobody's. */
export interface CallProfile {
  readonly id: string | null;
  readonly name: string;
  readonly locale: string;
  readonly voice: string;
  readonly instructions: string;
  readonly transferNumber: string | null;
  readonly fallbackPrompt: string | null;
  readonly greetingProtectMs: number | null;
  readonly tools: BusinessProfile['tools'];
  readonly silentCaller: BusinessProfile['silentCaller'];
  readonly optOutKey: string | null;
  /** Null key: no frames exist anywhere. */
  readonly greeting: { readonly key: string | null; readonly text: string };
  readonly phrases: Readonly<Partial<Record<string, { readonly key: string; readonly text: string }>>>;
}

const fileSchema = z.object({
  name: z.string().default('the office'),
  locale: z.string().optional(),
  voice: z.string().default('marin'),
  greetingText: z.string().min(1).optional(),
  instructions: z.string().default(''),
  transferNumber: z.string().nullable().default(null),
  fallbackPrompt: z.string().nullable().default(null),
});

const greetings: Record<string, string> = {
  he: 'שלום, איך אפשר לעזור?',
  en: 'Hello, how can I help you?',
};

/** The profile of a call whose business is not known: of the file, or built in. Throws one line for a bad file. */
export const loadDefaultProfile = (file: string | undefined, defaultLocale: string): CallProfile => {
  const given = fileSchema.parse(file === undefined ? {} : readJson(file));
  const locale = given.locale ?? defaultLocale;
  const text = given.greetingText ?? greetings[locale.split('-')[0]!] ?? greetings.en!;
  return {
    ...given,
    id: null,
    locale,
    greetingProtectMs: null,
    tools: [],
    silentCaller: { askAfterMs: 10_000, endAfterMs: 15_000 },
    optOutKey: null,
    greeting: { key: null, text },
    phrases: {},
  };
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`DEFAULT_PROFILE_FILE ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
};
