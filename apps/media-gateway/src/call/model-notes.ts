import { type RealtimeSession } from '@frontdesk/speech';
import { UnspokenNotes } from './unspoken-notes';

/** What the call tells the model beside what is said: as text items, and to each new session again until it spoke about it. */
export class ModelNotes {
  private readonly unspoken = new UnspokenNotes();
  private notes = 0;

  constructor(private readonly model: Pick<RealtimeSession, 'addItem'>) {}

  /** Something that the model is to know, in this session and in one that takes its place before it spoke about it. */
  add(text: string): void {
    this.unspoken.add(text);
    this.tell(text);
  }

  /** What this session was told otherwise, and another one would have to be told as text. */
  remember(text: string): void {
    this.unspoken.add(text);
  }

  /**
   * Said by the call itself, as the agent's words.
   * @returns the id of its item in the conversation, should less of it be heard
   */
  said(text: string): string {
    const id = `said-${++this.notes}`;
    this.model.addItem({ id, role: 'agent', text });
    return id;
  }

  responseBegan(): void {
    this.unspoken.responseBegan();
  }

  /** The response that began last was spoken, whole. */
  spoken(): void {
    this.unspoken.spoken();
  }

  /** A new session: what the old one did not speak about, and which of its tools are still at work. */
  tellAgain(toolsAtWork: readonly string[]): void {
    for (const text of this.unspoken.again()) this.tell(text);
    for (const name of toolsAtWork)
      this.tell(`The tool ${name} is at work already and its answer will follow: do not call it again.`);
  }

  /** A new session: its predecessor was lost in the middle of what the caller hears. */
  tellCutOff(): void {
    this.model.addItem({
      id: `note-${++this.notes}-cut`,
      role: 'system',
      text: 'A fault cut off what you were saying. Go on from there; do not say again what you have said.',
    });
  }

  private tell(text: string): void {
    this.model.addItem({ id: `note-${++this.notes}`, role: 'system', text });
  }
}
