/** With so many characters they do not wait for the end of the turn. */
const FULL_CHARACTERS = 64 * 1024;

/**
 * Gathers the lines of one turn of the event loop and hands them on together at its end: what it costs to give one away
 * (winston, a write to a pipe, a reader that wakes up) is paid once for all of them. What is held when the process ends is
 * handed on then.
 */
export class GatheredLines {
  private lines: string[] = [];
  private characters = 0;
  private turn: NodeJS.Immediate | undefined;

  /**
   * @param handOn gets lines joined by line feeds, without one at the end
   * @param onExit has what it is given called when the process ends
   */
  constructor(
    private readonly handOn: (lines: string) => void,
    onExit: (flush: () => void) => void = (flush) => process.once('exit', flush),
  ) {
    onExit(() => this.flush());
  }

  add(line: string): void {
    this.lines.push(line);
    this.characters += line.length;
    if (this.characters >= FULL_CHARACTERS) this.flush();
    else this.turn ??= setImmediate(() => this.flush());
  }

  /** Hands on what is there. */
  flush(): void {
    clearImmediate(this.turn);
    this.turn = undefined;
    if (this.lines.length === 0) return;
    const text = this.lines.join('\n');
    this.lines = [];
    this.characters = 0;
    this.handOn(text);
  }
}
