import { exactly, type Figure, told } from '@frontdesk/run-report';
import { type Kill } from '../system/killer';

/** A transcription request that the simulated OpenAI answered, and so charged for. */
export interface PaidRequest {
  readonly atMs: number;
  readonly kind: string;
  readonly status: number;
  readonly text: string;
}

/** A download as Twilio's request log has it. */
export interface Download {
  readonly atMs: number;
  readonly recordingSid: string;
}

interface Repeat {
  readonly key: string;
  readonly firstAtMs: number;
  readonly againAtMs: number;
}

/** Things done more than once: from one time to the next. */
const repeatsOf = <T extends { atMs: number }>(list: readonly T[], key: (one: T) => string): Repeat[] => {
  const lastOf = new Map<string, number>();
  const repeats: Repeat[] = [];
  for (const one of [...list].sort((a, b) => a.atMs - b.atMs)) {
    const firstAtMs = lastOf.get(key(one));
    if (firstAtMs !== undefined) repeats.push({ key: key(one), firstAtMs, againAtMs: one.atMs });
    lastOf.set(key(one), one.atMs);
  }
  return repeats;
};

/**
 * Repeats without a kill of their own between the two: whoever did it first died before he had written it down. A kill
 * accounts for one repeat of each thing that was under way, not for a second one of the same.
 */
const untied = (repeats: readonly Repeat[], kills: readonly Kill[]): number => {
  const used = new Map<string, Set<Kill>>();
  return repeats.filter(({ key, firstAtMs, againAtMs }) => {
    const usedHere = used.get(key) ?? new Set();
    used.set(key, usedHere);
    const kill = kills.find(
      (one) =>
        // What a process did in the moment it was killed may be noted a little after that.
        !usedHere.has(one) && firstAtMs - NOTED_LATE_MS <= one.atMs && one.atMs <= againAtMs,
    );
    if (kill) usedHere.add(kill);
    return !kill;
  }).length;
};

const NOTED_LATE_MS = 250;

/**
 * What was paid for and downloaded, against what there was.
 * @param sides how many sides of recordings had something to transcribe
 * @param repeatsBooked what the service itself says it asked for again. It may count one that never reached the provider,
 * but none that did may be missing
 */
export const paidOnceFigures = (
  paid: readonly PaidRequest[],
  downloads: readonly Download[],
  kills: readonly Kill[],
  { sides, repeatsBooked }: { sides: number; repeatsBooked: number },
): Figure[] => {
  const answered = paid.filter(
    ({ kind, status, text }) => kind === 'transcription' && status === 200 && text !== '',
  );
  const transcribedAgain = repeatsOf(answered, ({ text }) => text);
  const downloadedAgain = repeatsOf(downloads, ({ recordingSid }) => recordingSid);
  return [
    told('paid transcriptions', 'requests', answered.length),
    told('of these repeated', 'requests', transcribedAgain.length),
    exactly(
      'the others: one for each side of a recording',
      'requests',
      answered.length - transcribedAgain.length,
      sides,
    ),
    exactly('paid again without a kill', 'requests', untied(transcribedAgain, kills), 0),
    told('repeated by the books of the service', 'requests', repeatsBooked),
    exactly('paid and in no book', 'requests', Math.max(0, transcribedAgain.length - repeatsBooked), 0),
    told('downloads', '', downloads.length),
    exactly('downloaded again without a kill', '', untied(downloadedAgain, kills), 0),
  ];
};
