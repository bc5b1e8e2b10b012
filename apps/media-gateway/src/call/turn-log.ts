import { type CallerTurn } from './caller-turns';
import { type FinishedTurn } from './conversation-port';
import { type OpenWords } from './speeches';
import { type HistoryItem } from '../model/model-link';

/** Turns kept for a session that replaces a lost one. */
const MAX_HISTORY_TURNS = 200;

/** What was said and heard in the call so far, turn by turn. */
export class TurnLog {
  private restored: readonly HistoryItem[] = [];
  private readonly past: { readonly turn: number; readonly item: HistoryItem }[] = [];
  private turns = 0;

  /** What was said on an earlier stream of the call, oldest first. Returns what is kept of it. */
  restore(past: readonly HistoryItem[]): readonly HistoryItem[] {
    this.restored = past.slice(-MAX_HISTORY_TURNS);
    return this.restored;
  }

  /** The place of the next turn. */
  nextTurn(): number {
    return this.turns++;
  }

  /** A turn, or a phrase of ours, of which all is known. */
  add({ turn, speaker, heard, itemId, interrupted }: FinishedTurn): void {
    const item: HistoryItem = {
      role: speaker,
      text: heard,
      ...(speaker === 'caller' && { itemId }),
      ...(interrupted && { interrupted }),
    };
    this.past.push({ turn, item });
    if (this.past.length > MAX_HISTORY_TURNS) this.past.shift();
  }

  /**
   * The conversation as it was heard, oldest first.
   * @param speaking what the agent is saying
   * @param awaited turns of the caller whose words are not known yet
   */
  history(speaking: readonly OpenWords[], awaited: readonly CallerTurn[]): HistoryItem[] {
    const turns = [
      ...this.past,
      ...speaking.map(({ turn, heard, id }) => ({
        turn,
        item: { role: 'agent' as const, text: heard, id, interrupted: true },
      })),
      ...awaited.map(({ turn, itemId }) => ({
        turn,
        item: { role: 'caller' as const, text: '', itemId },
      })),
    ];
    const now = turns
      .filter(({ item }) => item.text !== '' || item.role === 'caller')
      .sort((a, b) => a.turn - b.turn);
    return [...this.restored, ...now.map(({ item }) => item)];
  }
}
