import { type Clock } from '@frontdesk/runtime';
import { ArgumentCheck } from './argument-check';
import { type CallTool, type ToolResult } from './tool';

/** Of one call on the telephone, at once. */
const MAX_IN_FLIGHT = 4;
/** The model is given this much of an answer. */
const MAX_OUTPUT_CHARACTERS = 16_000;

/** What became of a run. */
export interface ToolOutcome {
  readonly callId: string;
  readonly name: string;
  readonly ok: boolean;
  readonly error: string | null;
  readonly durationMs: number;
  /** For the model: JSON. */
  readonly output: string;
  readonly then: 'speak' | 'wait';
}

export interface AskedTool {
  readonly callId: string;
  readonly name: string;
  readonly argumentsJson: string;
}

/**
 * Runs the tools that the agent of one call asks for: known ones, with arguments that fit, few at once, each within its
 * time. Every one asked for is answered exactly once, in words; after `close` none is.
 */
export class ToolRunner {
  private readonly running = new Map<string, AbortController>();
  private isClosed = false;

  constructor(
    private readonly tools: ReadonlyMap<string, CallTool>,
    private readonly clock: Clock,
    private readonly answered: (outcome: ToolOutcome) => void,
  ) {}

  get isBusy(): boolean {
    return this.running.size > 0;
  }

  /** Tools that act at once have acted, and are answered, when this returns. */
  run({ callId, name, argumentsJson }: AskedTool): void {
    if (this.isClosed || this.running.has(callId)) return;
    const startedMs = this.clock.monotonicMs();
    const tell = (result: ToolResult): void => this.answer(callId, name, startedMs, result);
    const tool = this.tools.get(name);
    if (!tool) return tell({ ok: false, error: `There is no tool ${name}.` });
    if (this.running.size >= MAX_IN_FLIGHT)
      return tell({ ok: false, error: 'Too many tools are running. Wait for their answers first.' });
    const checked = new ArgumentCheck(tool.parameters).check(argumentsJson);
    if (!checked.ok) return tell(checked);
    const abort = new AbortController();
    let result: ToolResult | Promise<ToolResult>;
    try {
      result = tool.run({ callId, arguments: checked.value, signal: abort.signal });
    } catch {
      return tell(failed);
    }
    if (!(result instanceof Promise)) return tell(result);
    this.running.set(callId, abort);
    this.await(result, abort, tool, (outcome) => {
      if (this.running.delete(callId)) tell(outcome);
    });
  }

  /** The call is over: what runs is aborted and answers nobody. Idempotent. */
  close(): void {
    this.isClosed = true;
    for (const abort of this.running.values()) abort.abort(new Error('the call is over'));
    this.running.clear();
  }

  /** Tells the result once: the tool's own, or that it took too long. */
  private await(
    result: Promise<ToolResult>,
    abort: AbortController,
    { timeoutMs }: CallTool,
    tell: (result: ToolResult) => void,
  ): void {
    const timer = this.clock.setTimer(() => {
      const seconds = Math.round(timeoutMs / 1000);
      tell({ ok: false, error: `It did not answer within ${seconds} seconds; what it did is not known.` });
      abort.abort(new Error('the tool took too long'));
    }, timeoutMs);
    abort.signal.addEventListener('abort', () => timer.cancel(), { once: true });
    void result.then(tell, () => tell(failed)).finally(() => timer.cancel());
  }

  private answer(callId: string, name: string, startedMs: number, result: ToolResult): void {
    if (this.isClosed) return;
    const durationMs = Math.round(this.clock.monotonicMs() - startedMs);
    const { ok } = result;
    this.answered({
      callId,
      name,
      ok,
      error: ok ? null : result.error,
      durationMs,
      output: outputOf(result),
      then: (ok ? result.then : undefined) ?? 'speak',
    });
  }
}

const failed: ToolResult = { ok: false, error: 'It failed.' };

/** A failure says what to do about it: a model that is told nothing makes up a success. */
const outputOf = (result: ToolResult): string => {
  if (!result.ok)
    return JSON.stringify({
      ok: false,
      error: result.error,
      advice: 'It was not done. Tell the caller, and offer another way, such as taking a message.',
    });
  const output = JSON.stringify({ ok: true, ...(result.result !== undefined && { result: result.result }) });
  if (output.length <= MAX_OUTPUT_CHARACTERS) return output;
  return JSON.stringify({ ok: true, resultCutOff: output.slice(0, MAX_OUTPUT_CHARACTERS / 2) });
};
