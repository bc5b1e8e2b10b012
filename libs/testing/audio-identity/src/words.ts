import { MAX_WORD_BYTES } from './signal';

const utf8 = new TextEncoder();

/** The words of a text, as the bytes they are spoken as; a word longer than a packet is cut between letters. */
export const wordsOf = (text: string): Uint8Array[] =>
  text
    .split(/\s+/u)
    .filter(Boolean)
    .flatMap((word) => {
      const parts: string[] = [''];
      for (const letter of word) {
        const longer = parts.at(-1)! + letter;
        if (utf8.encode(longer).length <= MAX_WORD_BYTES) parts[parts.length - 1] = longer;
        else parts.push(letter);
      }
      return parts.map((part) => utf8.encode(part));
    });
