/** Words that a number may be read as: "1,250" is at most that many. */
const MAX_WORDS_OF_NUMBER = 12;

/**
 * Whether a transcript says the text, word by word. Case, punctuation and vowel points do not count; a number may be
 * written out as words, but where the transcript has digits they must be the text's own.
 */
export const saysTheSame = (text: string, transcript: string): boolean => {
  const wanted = wordsOf(text);
  const said = wordsOf(transcript);
  // `reach` holds how many words said may belong to the wanted words so far.
  let reach = new Set([0]);
  for (const word of wanted) {
    const next = new Set<number>();
    for (const from of reach) for (const to of endsOf(word, said, from)) next.add(to);
    reach = next;
  }
  return wanted.length > 0 && reach.has(said.length);
};

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(?<=\d)[.,:](?=\d)/gu, '')
    .replace(/(?<=\p{L})['"’׳״](?=\p{L})/gu, '')
    .toLowerCase()
    .match(/\p{N}+|\p{L}+/gu) ?? [];

/** Where the word may end in what was said, when it begins at `from`. */
const endsOf = (word: string, said: readonly string[], from: number): number[] => {
  const ends = said[from] === word ? [from + 1] : [];
  if (!isNumber(word)) return ends;
  for (let to = from; to < Math.min(said.length, from + MAX_WORDS_OF_NUMBER) && !isNumber(said[to]!); to++)
    ends.push(to + 1);
  return ends;
};

const isNumber = (word: string): boolean => /^\p{N}/u.test(word);
