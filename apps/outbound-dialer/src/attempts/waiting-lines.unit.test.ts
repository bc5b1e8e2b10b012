import { WaitingLines } from './waiting-lines';

it('lets those of one key through one by one in the order of coming, also when one fails, and others at once', async () => {
  const lines = new WaitingLines();
  const log: string[] = [];
  const release: (() => void)[] = [];
  const task = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise<void>((resolve) => release.push(resolve));
    log.push(`${name} ends`);
    if (name === 'a') throw new Error('broken');
  };
  const a = lines.inTurn('account', task('a'));
  const b = lines.inTurn('account', task('b'));
  const c = lines.inTurn('campaign', task('c'));
  await Promise.resolve();
  await Promise.resolve();
  expect(log).toEqual(['a begins', 'c begins']);
  release.shift()?.();
  await expect(a).rejects.toThrow('broken');
  await Promise.resolve();
  expect(log).toEqual(['a begins', 'c begins', 'a ends', 'b begins']);
  release.splice(0).forEach((free) => free());
  await Promise.all([b, c]);
});
