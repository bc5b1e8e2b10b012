/**
 * One after the other for each key, in the order of coming. So that of many jobs that wait for the same rate one asks the
 * database when its time has come, not all of them.
 */
export class WaitingLines {
  /** The last of each line; bounded by those who wait. */
  private readonly lines = new Map<string, Promise<unknown>>();

  async inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.lines.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    this.lines.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.lines.get(key) === mine) this.lines.delete(key);
    }
  }
}
