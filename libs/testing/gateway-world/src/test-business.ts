import { randomUUID } from 'node:crypto';
import { type ProfileSnapshot } from '@frontdesk/contracts';

/** A business as greeting-service would give it to a gateway. */
export const business = (
  number: string,
  greetingText: string,
  change: Partial<ProfileSnapshot> = {},
): ProfileSnapshot => ({
  id: randomUUID(),
  name: `Business ${number}`,
  phoneNumbers: [number],
  locale: 'en-US',
  voice: 'marin',
  greetingText,
  instructions: `Business ${number}.`,
  tools: [],
  transferNumber: null,
  fallbackPrompt: 'please leave a message',
  greetingProtectMs: null,
  retentionDays: null,
  silentCaller: null,
  optOutKey: null,
  revision: 1,
  createdAt: '2026-11-20T00:00:00.000Z',
  updatedAt: '2026-11-20T00:00:00.000Z',
  greeting: { key: framesKeyOf(greetingText), text: greetingText },
  phrases: {
    bridge: { key: framesKeyOf('one moment'), text: 'one moment' },
    'slow-tool': { key: framesKeyOf('let me see'), text: 'let me see' },
    'fallback-prompt': { key: framesKeyOf('leave word'), text: 'leave word' },
    'still-there': { key: framesKeyOf('still there'), text: 'still there' },
    'max-length': { key: framesKeyOf('time is up soon'), text: 'time is up soon' },
    goodbye: { key: framesKeyOf('goodbye'), text: 'goodbye' },
  },
  ...change,
});

/** A key that the text can be told from: the doubles synthesize what they are asked for. */
export const framesKeyOf = (text: string): string =>
  Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
