/**
 * The text as it will be spoken: what a synthesizer would only stumble or pause over is gone, words stay (GR2).
 * Hebrew, vowel points, gershayim (צה"ל), numbers, times and prices are left exactly as they were written.
 * The result is what the frames' key is made of, so any change here needs a new pipeline version.
 */
export const spokenText = (written: string): string =>
  dropLeadingPunctuation(
    calmPunctuation(unescapeEntities(withoutInvisible(withoutMarkup(written)))).replace(/\s+/gu, ' '),
  ).trim();

/** False for a text of punctuation, markup or symbols alone: nothing would be heard. */
export const hasWords = (spoken: string): boolean => /[\p{L}\p{N}]/u.test(spoken);

/** SSML and other tags (`<break time="1s"/>`); a bare `<` as in "3 < 5" is not a tag. */
const withoutMarkup = (text: string): string =>
  text.replace(/<!--[\s\S]*?-->/gu, ' ').replace(/<[/?!]?[a-z][^<>]*>/giu, ' ');

/** Control characters, and marks that only steer how a text is displayed (direction, zero width, BOM). */
const withoutInvisible = (text: string): string =>
  text.replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, '').replace(/\p{Cc}+/gu, ' ');

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const unescapeEntities = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos|nbsp);/gu, (_match, name: string) => ENTITIES[name] ?? ' ');

/** Each run of pauses becomes the one that says most; a single mark between digits (10:30, 1,000, 3.5) is no run. */
const calmPunctuation = (text: string): string =>
  text
    .replace(/…/gu, '...')
    .replace(/[*_~=#|•–—-]{2,}|[•|]|\s[_~–—](?=\s)/gu, ' ')
    .replace(/[.,;:!?](?:\s*[.,;:!?])+/gu, (run) => strongest(run))
    .replace(/\s+([.,;:!?])(?!\d)/gu, '$1');

const strongest = (run: string): string => [...'?!.:;,'].find((mark) => run.includes(mark)) ?? '';

const dropLeadingPunctuation = (text: string): string => text.replace(/^(?:\s|[.,;:!?](?!\d))+/u, '');
