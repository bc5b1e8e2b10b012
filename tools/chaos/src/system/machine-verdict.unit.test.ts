import { exactly, type Figure } from '@frontdesk/run-report';
import { type TwilioSim } from '@frontdesk/test-harness';
import { withMachineVerdict } from './machine-verdict';

const figures = [exactly('calls lost', 'calls', 2, 0), exactly('greeted again', 'calls', 0, 0)];
const measuredWith = (maxMs: number, measured = Promise.resolve(figures)): Promise<Figure[]> => {
  const twilio = {
    forgetClock: () => Promise.resolve(),
    clock: () => Promise.resolve({ steps: 1, p50Ms: 0, p99Ms: 0, maxMs }),
  };
  return withMachineVerdict({ twilio: twilio as unknown as TwilioSim }, () => measured);
};

it('keeps every verdict on a machine that carried the calls', async () => {
  expect(await measuredWith(60)).toEqual(figures);
});

it('withdraws what did not hold where the machine was late, says so, and keeps what held', async () => {
  const [lost, greeted] = await measuredWith(318);
  expect(lost).toMatchObject({ value: 2, ok: null });
  expect(lost!.goal).toMatch(/318 ms late/);
  expect(greeted).toEqual(figures[1]);
});

it('throws what a run could not do, unless the machine is to blame', async () => {
  const failed = (): Promise<Figure[]> => Promise.reject(new Error('5 calls never came'));
  await expect(measuredWith(60, failed())).rejects.toThrow('5 calls never came');
  expect(await measuredWith(318, failed())).toMatchObject([{ ok: null }]);
});
