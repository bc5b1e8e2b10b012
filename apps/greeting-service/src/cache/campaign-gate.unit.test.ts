import { ManualClock } from '@frontdesk/runtime';
import { CampaignGate } from './campaign-gate';

const never = new AbortController().signal;
const settled = (): Promise<void> => new Promise(setImmediate);

const countAdmitted = (gate: CampaignGate, count: number) => {
  const admitted: number[] = [];
  for (let n = 0; n < count; n++)
    void gate.admit({ pool: 'campaign' }, new AbortController().signal).then(() => void admitted.push(n));
  return admitted;
};

describe('CampaignGate', () => {
  it('lets ten seconds’ worth of openings begin at once and the rest at its rate, in order', async () => {
    const clock = new ManualClock();
    clock.advance(60_000);
    const admitted = countAdmitted(new CampaignGate(60, clock), 15);
    await settled();
    // One more than ten: the turn of now.
    expect(admitted).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    clock.advance(2000);
    await settled();
    expect(admitted).toHaveLength(13);
    clock.advance(2000);
    await settled();
    expect(admitted).toHaveLength(15);
    expect(clock.pendingTimers).toBe(0);
  });

  it('never keeps a greeting or a phrase waiting', async () => {
    const clock = new ManualClock();
    const gate = new CampaignGate(1, clock);
    countAdmitted(gate, 20);
    await gate.admit({ pool: 'greeting' }, never);
    await gate.admit({ pool: 'phrase' }, never);
  });

  it('lets go of one that is aborted, and of its timer', async () => {
    const clock = new ManualClock();
    const gate = new CampaignGate(1, clock);
    await gate.admit({ pool: 'campaign' }, never);
    const abort = new AbortController();
    const waiting = gate.admit({ pool: 'campaign' }, abort.signal);
    abort.abort(new Error('unwanted'));
    await expect(waiting).rejects.toThrow('unwanted');
    expect(clock.pendingTimers).toBe(0);
  });
});
