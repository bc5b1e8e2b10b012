/**
 * The words of a text that were heard when only a part of its audio was. No provider tells when which word was spoken,
 * so time is shared out by what a word costs to say: its letters, a digit as a whole word, and the pause after a mark of
 * punctuation. An estimate, nearer than an equal share for each word; a word counts once all of it was heard.
 */
export const heardText = (text: string, heardBytes: number, generatedBytes: number): string => {
  if (generatedBytes === 0 || heardBytes <= 0) return '';
  if (heardBytes >= generatedBytes) return text.trim();
  const words = text.trim().split(/\s+/).filter(Boolean);
  const costs = words.map(costOf);
  let left = (costs.reduce((sum, cost) => sum + cost, 0) * heardBytes) / generatedBytes;
  const count = costs.findIndex((cost) => (left -= cost) < -ROUNDING);
  return words.slice(0, count < 0 ? words.length : count).join(' ');
};

/** In letters: a digit is read as a word, a sentence ends with a pause, every word takes a little to begin. */
const DIGIT_COST = 4;
const PAUSE_COST = 3;
const WORD_COST = 1;
const ROUNDING = 1e-9;

const costOf = (word: string): number => {
  const digits = word.match(/\p{N}/gu)?.length ?? 0;
  const letters = word.match(/\p{L}/gu)?.length ?? 0;
  const pause = /[.,;:!?…]$/u.test(word) ? PAUSE_COST : 0;
  return WORD_COST + letters + digits * DIGIT_COST + pause;
};

/** How fast a voice speaks, as a guess: letters and spaces a second. */
const CHARACTERS_PER_SECOND = 13;

/** About how many bytes of mu-law a text will take that is not all spoken yet. */
export const spokenBytesOf = (text: string): number =>
  Math.round((text.length / CHARACTERS_PER_SECOND) * 8000);
