/**
 * Words as the call log is searched by, the same for what was said and for what is asked. Full text search of PostgreSQL
 * with words made here, rather than its dictionaries (it has none for Hebrew) or an extension (trigrams need one, and
 * not every operator may install it).
 */

/** Most words kept of one call, and asked for at once: a bound on the index and on a query. */
const MAX_WORDS = 20_000;
const MAX_ASKED = 20;
/** PostgreSQL keeps no longer lexemes than 2 KB; no word of a language is this long. */
const MAX_WORD_LENGTH = 64;

/** Letters that Hebrew writes onto the word that follows: and, that, the, in, as, to, from. */
const HEBREW_PREFIXES = /^[ושהבכלמ]/;
const MAX_PREFIXES = 3;
const finals: Record<string, string> = { ך: 'כ', ם: 'מ', ן: 'נ', ף: 'פ', ץ: 'צ' };

/** Lower case, without vowel points and accents, final letters as the others, and quotes inside a word left out. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ךםןףץ]/g, (letter) => finals[letter] ?? letter)
    .replace(/(?<=[\p{L}\p{N}])['"׳״’”](?=[\p{L}\p{N}])/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.slice(0, MAX_WORD_LENGTH));

/** The word, and what is left of a Hebrew one without its prefixes, down to `minLength` letters. */
const formsOf = (word: string, minLength: number): string[] => {
  const forms = [word];
  for (let form = word; forms.length <= MAX_PREFIXES && HEBREW_PREFIXES.test(form);) {
    form = form.slice(1);
    if (form.length < minLength) break;
    forms.push(form);
  }
  return forms;
};

/** What to keep of texts: each form once. */
export const searchWords = (texts: readonly string[]): string[] => {
  const words = new Set<string>();
  for (const word of wordsOf(texts.join('\n'))) {
    if (words.size >= MAX_WORDS) break;
    for (const form of formsOf(word, 2)) words.add(form);
  }
  return [...words];
};

/** A `tsquery`: every word asked for must begin a word that was said. Null when there is no word in what was asked. */
export const searchQuery = (asked: string): string | null => {
  const words = wordsOf(asked).slice(0, MAX_ASKED);
  if (words.length === 0) return null;
  // Only letters and digits are left, so nothing in it is an operator.
  return words
    .map(
      (word) =>
        `(${formsOf(word, 3)
          .map((form) => `${form}:*`)
          .join(' | ')})`,
    )
    .join(' & ');
};
