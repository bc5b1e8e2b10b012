import { createHash } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  atMost,
  exactly,
  type Figure,
  LatenessProbe,
  notMeasured,
  type Run,
  upTo,
} from '@frontdesk/run-report';
import { processCost } from '../machine/process-cost';
import { checksumOf } from './media-server';
import { RecordingWorld } from './recording-world';

const MEGABYTE = 1_000_000;
const READERS = 200;
const SAMPLE_MS = 25;
/** Buffers of sockets and files, and what the collector has not come to yet; nothing that grows with the recording. */
const FLAT_BYTES = 96 * MEGABYTE;

/** `npm run bench recording`. */
export const recordingRun: Run = async ({ isSmall, say }) => {
  const sizes = isSmall
    ? { shared: 2 * MEGABYTE, large: 40 * MEGABYTE, bound: 60 * MEGABYTE, ranges: 100 }
    : { shared: 8 * MEGABYTE, large: 200 * MEGABYTE, bound: 400 * MEGABYTE, ranges: 1000 };
  await using probe = new LatenessProbe();
  const loadBefore = loadavg()[0];
  await using world = await RecordingWorld.start({ maxRecordingBytes: sizes.bound });
  say(`recording: ${READERS} readers of one recording that nobody has yet`);
  const shared = await readersFigures(world, sizes.shared);
  say(`recording: ${sizes.ranges} ranges of a recording that is there`);
  const ranges = await rangeFigures(world, shared.callSid, sizes, probe);
  say(`recording: ${sizes.large / MEGABYTE} MB fetched and served`);
  const large = await largeFigures(world, sizes.large);
  say('recording: one without end');
  const endless = await endlessFigures(world, sizes.bound);
  return {
    conditions: {
      node: process.version,
      processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      processes:
        'recording-service, PostgreSQL and broker each a process of its own; readers and media in the benchmark',
      loadAverageBefore: loadBefore,
      loadAverageAfter: loadavg()[0],
      latestWakeUpMs: probe.maxMs(),
    },
    figures: [...shared.figures, ...ranges, ...large, ...endless],
  };
};

const readersFigures = async (
  world: RecordingWorld,
  bytes: number,
): Promise<{ callSid: string; figures: Figure[] }> => {
  const { callSid, mediaPath } = await world.recorded(bytes);
  const checksums = await Promise.all(
    Array.from({ length: READERS }, async () => hashOf(await world.play(callSid))),
  );
  const expected = checksumOf(bytes);
  return {
    callSid,
    figures: [
      exactly(
        'downloads for 200 readers at once, cold',
        'downloads',
        world.media.downloads.get(mediaPath) ?? 0,
        1,
      ),
      exactly(
        'readers that got the recording as Twilio has it',
        'readers',
        checksums.filter((checksum) => checksum === expected).length,
        READERS,
      ),
    ],
  };
};

const rangeFigures = async (
  world: RecordingWorld,
  callSid: string,
  sizes: { shared: number; ranges: number },
  probe: LatenessProbe,
): Promise<Figure[]> => {
  const times: number[] = [];
  for (let i = 0; i < sizes.ranges; i++) {
    const first = Math.floor((sizes.shared / sizes.ranges) * i);
    const startedAt = performance.now();
    const answer = await world.play(callSid, `bytes=${first}-${first + 65_535}`);
    times.push(performance.now() - startedAt);
    await answer.arrayBuffer();
    if (answer.status !== 206) throw new Error(`a range was answered ${answer.status}`);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
  return [
    atMost('a range request starts, median, file there', at(0.5), 20, 0),
    atMost('a range request starts, p99, file there', at(0.99), 20, Math.round(probe.maxMs())),
  ];
};

const largeFigures = async (world: RecordingWorld, bytes: number): Promise<Figure[]> => {
  const { callSid } = await world.recorded(bytes);
  let checksum = '';
  const grown = await memoryGrowth(world.service.pid, async () => {
    checksum = await hashOf(await world.play(callSid));
    await hashOf(await world.play(callSid));
  });
  const name = `memory that ${bytes / MEGABYTE} MB fetched and served twice took at most`;
  return [
    exactly('large recordings that came whole', 'recordings', Number(checksum === checksumOf(bytes)), 1),
    memoryFigure(name, grown),
  ];
};

const endlessFigures = async (world: RecordingWorld, bound: number): Promise<Figure[]> => {
  const before = world.media.bytesSent;
  const { callSid } = await world.recorded('endless');
  let status = 0;
  const grown = await memoryGrowth(world.service.pid, async () => {
    const answer = await world.play(callSid);
    status = answer.status;
    await answer.arrayBuffer();
  });
  return [
    exactly('answer for a recording without end', 'status', status, 502),
    upTo('of it was taken', 'MB', (world.media.bytesSent - before) / MEGABYTE, (2 * bound) / MEGABYTE),
    memoryFigure('memory that it took at most', grown),
  ];
};

const hashOf = async (answer: Response): Promise<string> => {
  if (!answer.ok || !answer.body) throw new Error(`the recording was answered ${answer.status}`);
  const hash = createHash('sha256');
  for await (const part of answer.body) hash.update(part as Uint8Array);
  return hash.digest('hex');
};

/** How much more memory a process held at its most during some work than before it; null where there is no /proc. */
const memoryGrowth = async (pid: number, work: () => Promise<void>): Promise<number | null> => {
  const before = processCost(pid)?.residentBytes;
  let most = before ?? 0;
  let isDone = false;
  const sampling = (async () => {
    while (!isDone) {
      most = Math.max(most, processCost(pid)?.residentBytes ?? 0);
      await sleep(SAMPLE_MS);
    }
  })();
  try {
    await work();
  } finally {
    isDone = true;
    await sampling;
  }
  return before === undefined ? null : most - before;
};

const memoryFigure = (name: string, bytes: number | null): Figure =>
  bytes === null
    ? notMeasured(name, 'MB', `≤ ${FLAT_BYTES / MEGABYTE}`, 'this system has no /proc')
    : upTo(name, 'MB', bytes / MEGABYTE, FLAT_BYTES / MEGABYTE);
