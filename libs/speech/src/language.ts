/** Codes that ISO 639-1 replaced, which some systems still send. */
const RENAMED: Readonly<Record<string, string>> = { iw: 'he', in: 'id', ji: 'yi' };

/** The ISO 639-1 code of a locale (`he-IL` → `he`), or undefined when it has none (then the provider guesses). */
export const languageOf = (locale: string): string | undefined => {
  const code = locale.trim().split(/[-_]/, 1)[0]?.toLowerCase() ?? '';
  return /^[a-z]{2}$/.test(code) ? (RENAMED[code] ?? code) : undefined;
};
