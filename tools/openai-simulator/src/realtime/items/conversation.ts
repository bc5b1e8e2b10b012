import { Rejection } from '../rejection';
import { type ConversationItem } from './conversation-item';

/** The items of a session in their order. Deleted ones keep their place, for the book; nobody else sees them. */
export class Conversation {
  private readonly all: ConversationItem[] = [];

  /** Deleted ones too, in the order of the conversation. */
  history(): readonly ConversationItem[] {
    return this.all;
  }

  /** What the model has before it. */
  list(): ConversationItem[] {
    return this.all.filter((item) => !item.isDeleted);
  }

  get lastId(): string | null {
    return this.all.findLast((item) => !item.isDeleted)?.id ?? null;
  }

  find(id: string): ConversationItem | undefined {
    return this.all.find((item) => item.id === id && !item.isDeleted);
  }

  /** @throws Rejection when there is no such item */
  get(id: string, action: 'retrieve' | 'delete' | 'truncate'): ConversationItem {
    const item = this.find(id);
    if (item) return item;
    throw new Rejection(
      `item_${action}_invalid_item_id`,
      `Error ${action.slice(0, -1)}ing item: the item with id '${id}' does not exist.`,
      'item_id',
    );
  }

  /**
   * Adds an item.
   * @param after the id it follows, `root` for the very beginning, undefined for the end
   * @returns the id of the item before it
   */
  add(item: ConversationItem, after?: string | null): string | null {
    if (this.find(item.id))
      throw new Rejection(
        'item_create_duplicate_id',
        `Error adding item: an item with id '${item.id}' already exists.`,
        'item.id',
      );
    const index = this.indexAfter(after);
    const previous = this.all.slice(0, index).findLast(({ isDeleted }) => !isDeleted);
    this.all.splice(index, 0, item);
    return previous?.id ?? null;
  }

  delete(id: string): void {
    this.get(id, 'delete').isDeleted = true;
  }

  private indexAfter(after: string | null | undefined): number {
    if (after === undefined || after === null) return this.all.length;
    if (after === 'root') return 0;
    const index = this.all.findIndex((item) => item.id === after && !item.isDeleted);
    if (index >= 0) return index + 1;
    throw new Rejection(
      'item_create_invalid_previous_item_id',
      `Error adding item: the previous item with id '${after}' does not exist.`,
      'previous_item_id',
    );
  }
}
