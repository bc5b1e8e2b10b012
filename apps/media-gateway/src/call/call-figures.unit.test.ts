import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';
import { type Playout } from '../playout/playout';
import { CallFigures } from './call-figures';

const endOf = (answers: ({ inputTokens: number; outputTokens: number } | null)[]): unknown => {
  const published: unknown[] = [];
  const figures = new CallFigures(
    { tx: { dropped: 0, maxDepth: 4, depth: 0 } } as unknown as Playout,
    { callEnded: () => undefined } as unknown as GatewayEvents,
    { publish: (_type: string, data: unknown) => published.push(data) } as unknown as CallEventPublisher,
  );
  for (const usage of answers) figures.answered(usage);
  const total = { framesSent: 1, fps: 50, maxGapMs: 20, underruns: 0 } as Parameters<
    CallFigures['tellEnd']
  >[2];
  figures.tellEnd('caller-hung-up', 1000, total);
  return published[0];
};

it('tells with the end what all answers of the stream were billed for', () => {
  const usage = { inputTokens: 10, outputTokens: 3 };
  expect(endOf([usage, null, usage])).toMatchObject({ figures: { tokens: { input: 20, output: 6 } } });
});

it('claims no tokens of a model that says nothing of them', () => {
  expect(endOf([null])).not.toHaveProperty('figures.tokens');
});
