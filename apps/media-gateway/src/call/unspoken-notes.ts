/** The oldest goes beyond it: more than a model asks tools for between two answers. */
const MAX_NOTES = 32;

/**
 * What the model was told and has not spoken about yet: a session that takes the place of another is told it again. A
 * response knows what was told before it began; once it was said whole, that is done with.
 */
export class UnspokenNotes {
  private readonly texts: string[] = [];
  private known = 0;

  add(text: string): void {
    this.texts.push(text);
    if (this.texts.length <= MAX_NOTES) return;
    this.texts.shift();
    this.known = Math.max(0, this.known - 1);
  }

  responseBegan(): void {
    this.known = this.texts.length;
  }

  /** The response that began last was spoken, whole. */
  spoken(): void {
    this.texts.splice(0, this.known);
    this.known = 0;
  }

  /** What a new session is told, oldest first; no response of it knows them yet. */
  again(): readonly string[] {
    this.known = 0;
    return this.texts;
  }
}
