import { ManualClock } from '@frontdesk/runtime';
import { type CallTool, type ToolCall, type ToolResult } from './tool';
import { type ToolOutcome, ToolRunner } from './tool-runner';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const running = (run: CallTool['run']) => {
  const clock = new ManualClock();
  const outcomes: ToolOutcome[] = [];
  const tool: CallTool = {
    name: 'book',
    description: 'Books',
    parameters: {
      type: 'object',
      properties: { people: { type: 'integer', minimum: 1 } },
      required: ['people'],
      additionalProperties: false,
    },
    timeoutMs: 8000,
    run,
  };
  const runner = new ToolRunner(new Map([[tool.name, tool]]), clock, (outcome) => outcomes.push(outcome));
  const ask = (callId: string, argumentsJson = '{"people":2}', name = 'book'): void =>
    runner.run({ callId, name, argumentsJson });
  return { clock, outcomes, runner, ask };
};

describe('ToolRunner', () => {
  it('answers a tool that acts at once before it returns', () => {
    const { outcomes, ask } = running(({ arguments: given }) => ({ ok: true, result: given.people }));
    ask('c1');
    expect(outcomes).toMatchObject([
      { callId: 'c1', name: 'book', ok: true, error: null, output: '{"ok":true,"result":2}', then: 'speak' },
    ]);
  });

  it.each([
    ['unknown', '{}', 'There is no tool unknown.'],
    ['book', '{', 'The arguments do not fit: they are not JSON'],
    ['book', '[1]', 'The arguments do not fit: they are no object'],
    ['book', '{}', /people/],
    ['book', '{"people":"two"}', /people/],
    ['book', '{"people":0}', /people/],
    ['book', '{"people":1,"x":1}', /x/],
    ['book', JSON.stringify({ people: 1, x: 'y'.repeat(20_000) }), /too long/],
  ])('runs nothing for %s with %s, and says why', (name, argumentsJson, error) => {
    let runs = 0;
    const { outcomes, ask } = running(() => {
      runs += 1;
      return { ok: true };
    });
    ask('c1', argumentsJson, name);
    expect(runs).toBe(0);
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]!.error).toMatch(error);
    expect(JSON.parse(outcomes[0]!.output)).toMatchObject({
      ok: false,
      advice: expect.any(String) as string,
    });
  });

  it('gives up after 8 s, aborts the tool and takes no answer of it any more', async () => {
    const calls: ToolCall[] = [];
    let resolve: (result: ToolResult) => void = () => undefined;
    const { clock, outcomes, runner, ask } = running((call) => {
      calls.push(call);
      return new Promise((settle) => (resolve = settle));
    });
    ask('c1');
    ask('c1');
    expect(calls).toHaveLength(1);
    clock.advance(7999);
    expect(runner.isBusy).toBe(true);
    clock.advance(1);
    expect(outcomes).toMatchObject([{ ok: false, durationMs: 8000 }]);
    expect(outcomes[0]!.error).toMatch(/within 8 seconds/);
    expect(calls[0]!.signal.aborted).toBe(true);
    resolve({ ok: true });
    await settled();
    expect(outcomes).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('runs four at once, and answers the fifth that there are too many', async () => {
    const resolves: ((result: ToolResult) => void)[] = [];
    const { outcomes, ask } = running(() => new Promise((resolve) => resolves.push(resolve)));
    for (let index = 1; index <= 5; index++) ask(`c${index}`);
    expect(outcomes).toMatchObject([{ callId: 'c5', ok: false }]);
    resolves.forEach((resolve) => resolve({ ok: true, then: 'wait' }));
    await settled();
    expect(outcomes.slice(1).map(({ callId, then }) => [callId, then])).toEqual([
      ['c1', 'wait'],
      ['c2', 'wait'],
      ['c3', 'wait'],
      ['c4', 'wait'],
    ]);
  });

  it('answers a tool that throws as failed, and tells the model no more than that', async () => {
    const thrown = running(() => {
      throw new Error('secret detail');
    });
    thrown.ask('c1');
    const rejected = running(() => Promise.reject(new Error('secret detail')));
    rejected.ask('c1');
    await settled();
    for (const { outcomes } of [thrown, rejected]) {
      expect(outcomes).toMatchObject([{ ok: false, error: 'It failed.' }]);
      expect(outcomes[0]!.output).not.toContain('secret');
    }
  });

  it('aborts what runs when the call is over, and answers nobody', async () => {
    const calls: ToolCall[] = [];
    const { clock, outcomes, runner, ask } = running((call) => {
      calls.push(call);
      return new Promise((_resolve, reject) =>
        call.signal.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    });
    ask('c1');
    runner.close();
    await settled();
    expect(calls[0]!.signal.aborted).toBe(true);
    ask('c2');
    expect(outcomes).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('cuts an answer that is longer than a model should read', () => {
    const { outcomes, ask } = running(() => ({ ok: true, result: 'x'.repeat(50_000) }));
    ask('c1');
    expect(outcomes[0]!.output.length).toBeLessThan(10_000);
    expect(JSON.parse(outcomes[0]!.output)).toHaveProperty('resultCutOff');
  });
});
