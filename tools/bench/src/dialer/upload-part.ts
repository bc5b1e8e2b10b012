import { type Figure, told, upTo } from '@frontdesk/run-report';
import { processCost } from '../machine/process-cost';
import { type DialerWorld } from './dialer-world';

const MEGABYTE = 1_000_000;
const SAMPLE_MS = 25;
/** Numbers seen so far, for repeated ones, and what the collector has not come to yet; not the rows themselves. */
const FLAT_BYTES = 128 * MEGABYTE;

/** One large upload into a draft, and the memory of the process that reads it. */
export const uploadFigures = async (
  world: DialerWorld,
  campaignId: string,
  numbers: readonly string[],
): Promise<Figure[]> => {
  const resident = (): number => processCost(world.api.pid)?.residentBytes ?? 0;
  const before = resident();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, resident())), SAMPLE_MS);
  const startedAt = performance.now();
  try {
    await world.upload(campaignId, numbers);
  } finally {
    clearInterval(timer);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return [
    upTo(`${numbers.length} contacts uploaded as CSV`, 's', seconds, 20, 2),
    upTo('the same: memory above before', 'MB', (most - before) / MEGABYTE, FLAT_BYTES / MEGABYTE),
    told('the same: contacts a second', '', numbers.length / seconds),
  ];
};
