import { GatheredLines } from './gathered-lines';

const scenario = () => {
  const handedOn: string[] = [];
  let atExit!: () => void;
  const lines = new GatheredLines(
    (text) => handedOn.push(text),
    (flush) => (atExit = flush),
  );
  return { lines, handedOn, exit: () => atExit() };
};
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lines of a log', () => {
  it('of one turn of the event loop are handed on as one, in their order', async () => {
    const { lines, handedOn } = scenario();
    lines.add('one');
    await Promise.resolve();
    lines.add('two');
    expect(handedOn).toEqual([]);
    await nextTurn();
    lines.add('three');
    await nextTurn();
    expect(handedOn).toEqual(['one\ntwo', 'three']);
  });

  it('do not wait when there are 64 K characters of them', async () => {
    const { lines, handedOn } = scenario();
    lines.add('x'.repeat(60_000));
    lines.add('y'.repeat(6_000));
    expect(handedOn).toHaveLength(1);
    await nextTurn();
    expect(handedOn).toHaveLength(1);
  });

  it('that wait when the process ends are handed on, once', async () => {
    const { lines, handedOn, exit } = scenario();
    lines.add('the last words');
    exit();
    await nextTurn();
    expect(handedOn).toEqual(['the last words']);
  });
});
