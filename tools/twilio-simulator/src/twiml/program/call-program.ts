import type { Call } from '../../call/call';
import type { TwimlWorld } from '../twiml-world';
import { type Document, loadDocument } from '../load-document';
import { type Instructions, type Interruption, type Outcome, TwimlError } from '../outcome';
import { sayText } from '../verbs/say';
import { verbs } from '../verbs';

/** Everything that a running program can reach, itself and the others included. */
export interface ProgramWorld extends TwimlWorld {
  /** The instructions being run, by call SID; a leg dialled by a `<Dial>` has none. */
  readonly programs: Map<string, CallProgram>;
}

/**
 * Runs a call's TwiML: one document at a time, top to bottom. Running off the end hangs up; a redirect from outside
 * stops the verb under way and begins anew; the end of the call stops everything.
 */
export class CallProgram {
  private running: AbortController | undefined;
  private finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly world: ProgramWorld,
    private readonly call: Call,
  ) {
    call.onEnd(() => {
      this.interrupt('hangup');
      world.programs.delete(call.sid);
    });
  }

  /** Runs these instructions in place of whatever runs now. */
  start(instructions: Instructions): void {
    this.interrupt('redirect');
    const controller = new AbortController();
    this.running = controller;
    const previous = this.finished;
    this.finished = previous
      .then(() => this.run(instructions, controller.signal))
      .catch((error: unknown) => {
        this.call.book.warn(
          20500,
          'the simulator failed',
          error instanceof Error ? error.stack : String(error),
        );
        this.call.end('failed');
      });
  }

  private interrupt(reason: Interruption): void {
    this.running?.abort(reason);
  }

  private async run(first: Instructions, signal: AbortSignal): Promise<void> {
    let instructions: Instructions | undefined = first;
    while (instructions && !signal.aborted) {
      const document = await loadDocument(this.world, this.call, instructions, signal);
      if (signal.aborted) return;
      if (!document) return this.applicationError(signal);
      const outcome = await this.execute(document, signal);
      if (signal.aborted) return;
      if (outcome.kind === 'reject') return this.call.end(outcome.reason === 'busy' ? 'busy' : 'no-answer');
      instructions = outcome.kind === 'goto' ? outcome.instructions : undefined;
    }
    if (!signal.aborted) {
      // Even an empty document answers before it hangs up.
      this.call.answer();
      this.call.end('completed');
    }
  }

  private async execute(document: Document, signal: AbortSignal): Promise<Outcome> {
    const { call, world } = this;
    for (const element of document.verbs) {
      const verb = verbs[element.name];
      if (!verb) continue;
      if (element.name === 'Reject' && call.answeredAtMs === undefined) {
        const reason = element.attributes['reason'] === 'busy' ? 'busy' : 'rejected';
        call.book.note('verb', { name: 'Reject' });
        return { kind: 'reject', reason };
      }
      if (element.name !== 'Redirect') call.answer();
      call.book.note('verb', { name: element.name, attributes: element.attributes, text: element.text });
      try {
        const outcome = await verb({ world, call, element, signal, documentUrl: document.url });
        if (signal.aborted || outcome.kind !== 'next') return outcome;
      } catch (error) {
        if (!(error instanceof TwimlError)) throw error;
        call.book.warn(error.code, error.message);
        await this.applicationError(signal);
        return { kind: 'hangup' };
      }
    }
    return { kind: 'hangup' };
  }

  /** What a caller hears when instructions could not be had. */
  private async applicationError(signal: AbortSignal): Promise<void> {
    this.call.answer();
    await sayText(this.call, 'an application error has occurred goodbye', signal);
    if (!signal.aborted) this.call.end('completed');
  }
}
