import { ManualClock } from '@frontdesk/runtime';
import { type FramesPool, type FramesRequest } from '../cache/frames';
import { Warmer } from './warmer';

const request = (key: string, pool: FramesPool = 'greeting', businessId = 'b1'): FramesRequest => ({
  key,
  pool,
  businessId,
  locale: 'he-IL',
  voice: 'alloy',
  text: key,
});

/** A warmer whose syntheses end when told, and what it has begun. */
const scenario = (concurrency = 1, isHopeless?: (error: unknown) => boolean) => {
  const clock = new ManualClock();
  const begun: string[] = [];
  const aborted: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const failed = jest.fn();
  const warmer = new Warmer({
    concurrency,
    clock,
    isHopeless,
    onFailed: (wanted, failures) => failed(wanted.key, failures),
    ensure: ({ key }, signal) => {
      begun.push(key);
      return new Promise<void>((resolve, reject) => {
        ends.set(key, (error) => (error ? reject(error) : resolve()));
        signal.addEventListener('abort', () => {
          aborted.push(key);
          reject(new Error('aborted'));
        });
      });
    },
  });
  const end = async (key: string, error?: Error): Promise<void> => {
    ends.get(key)?.(error);
    await new Promise(setImmediate);
  };
  return { warmer, clock, begun, aborted, failed, end };
};

describe('warming', () => {
  it('runs no more at once than allowed, and greetings first', async () => {
    const { warmer, begun, end } = scenario(2);
    warmer.want('b1', [request('p1', 'phrase'), request('p2', 'phrase'), request('p3', 'phrase')]);
    warmer.want('b2', [request('g2', 'greeting', 'b2')]);
    expect(begun).toEqual(['p1', 'p2']);
    await end('p1');
    await end('p2');
    expect(begun).toEqual(['p1', 'p2', 'g2', 'p3']);
  });

  it('gives campaign openings one place of their own: they take none of a greeting’s', async () => {
    const { warmer, begun, end } = scenario(1);
    for (const key of ['c1', 'c2']) warmer.add(request(key, 'campaign'));
    warmer.want('b1', [request('g'), request('p', 'phrase')]);
    expect(begun).toEqual(['c1', 'g']);
    await end('c1');
    expect(begun).toEqual(['c1', 'g', 'c2']);
    await end('g');
    expect(begun).toEqual(['c1', 'g', 'c2', 'p']);
  });

  it('tries again after a failure, later each time, until it works', async () => {
    const { warmer, clock, begun, failed, end } = scenario();
    warmer.want('b1', [request('g')]);
    await end('g', new Error('down'));
    expect(begun).toEqual(['g']);
    clock.advance(1000);
    await end('g', new Error('down'));
    clock.advance(999);
    expect(begun).toEqual(['g', 'g']);
    clock.advance(1001);
    await end('g');
    expect(begun).toEqual(['g', 'g', 'g']);
    expect(failed.mock.calls).toEqual([
      ['g', 1],
      ['g', 2],
    ]);
    expect(warmer.pending).toBe(0);
  });

  it('stops what an outdated text began and never tries it again', async () => {
    const { warmer, clock, begun, aborted, end } = scenario();
    warmer.want('b1', [request('old')]);
    warmer.want('b1', [request('new')]);
    await end('old');
    clock.advance(120_000);
    expect(aborted).toEqual(['old']);
    expect(begun).toEqual(['old', 'new']);
  });

  it('keeps campaign openings when the profile changes', async () => {
    const { warmer, begun, end } = scenario();
    warmer.want('b1', [request('g')]);
    warmer.add(request('opening', 'campaign'));
    warmer.want('b1', []);
    await end('g');
    expect(begun).toEqual(['g', 'opening']);
  });

  it('wants nothing more of a business that is dropped, and stops what it has begun', async () => {
    const { warmer, clock, begun, aborted, end } = scenario();
    warmer.add(request('begun', 'campaign'));
    warmer.add(request('waiting', 'campaign'));
    warmer.add(request('another', 'campaign', 'b2'));
    warmer.drop('b1');
    await end('begun');
    clock.advance(120_000);
    expect([aborted, begun]).toEqual([['begun'], ['begun', 'another']]);
    expect(warmer.keys).toEqual(['another']);
  });

  it('leaves a slot to others while a failure waits', async () => {
    const { warmer, begun, end } = scenario();
    warmer.want('b1', [request('failing'), request('fine', 'phrase')]);
    await end('failing', new Error('down'));
    expect(begun).toEqual(['failing', 'fine']);
  });

  it('gives up on what can never be made', async () => {
    const { warmer, clock, begun, end } = scenario(1, () => true);
    warmer.want('b1', [request('g')]);
    await end('g', new Error('nothing to speak'));
    clock.advance(120_000);
    expect(begun).toEqual(['g']);
    expect(warmer.pending).toBe(0);
  });

  it('stops everything when disposed', async () => {
    const { warmer, clock, aborted } = scenario();
    warmer.want('b1', [request('g')]);
    await warmer[Symbol.asyncDispose]();
    warmer.add(request('late'));
    expect(aborted).toEqual(['g']);
    expect([warmer.pending, clock.pendingTimers]).toEqual([0, 0]);
  });
});
