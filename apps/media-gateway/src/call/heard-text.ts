/**
 * The words of a text that were heard when only a part of its audio was. The provider gives no word times, so words are
 * cut in proportion to time: an estimate.
 */
export const heardText = (text: string, heardBytes: number, generatedBytes: number): string => {
  if (generatedBytes === 0 || heardBytes <= 0) return '';
  if (heardBytes >= generatedBytes) return text.trim();
  const words = text.trim().split(/\s+/).filter(Boolean);
  return words.slice(0, Math.floor((words.length * heardBytes) / generatedBytes)).join(' ');
};
