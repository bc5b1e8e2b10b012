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
  readonly firstAtMs: number;
  readonly againAtMs: number;
}

/** Things done more than once: from one time to the next. */
const repeatsOf = <T extends { atMs: number }>(list: readonly T[], key: (one: T) => string): Repeat[] => {
  const lastOf = new Map<string, number>();
  const repeats: Repeat[] = [];
  for (const one of [...list].sort((a, b) => a.atMs - b.atMs)) {
    const firstAtMs = lastOf.get(key(one));
    if (firstAtMs !== undefined) repeats.push({ firstAtMs, againAtMs: one.atMs });
    lastOf.set(key(one), one.atMs);
  }
  return repeats;
};

/** A repeat is accounted for by a kill between the two: whoever did it first died before he had written it down. */
const untied = (repeats: readonly Repeat[], kills: readonly Kill[]): number =>
  repeats.filter(
    ({ firstAtMs, againAtMs }) =>
      // What a process did in the moment it was killed may be noted a little after that.
      !kills.some(({ atMs }) => firstAtMs - NOTED_LATE_MS <= atMs && atMs <= againAtMs),
  ).length;

const NOTED_LATE_MS = 250;

/** What was paid for and downloaded, against what there was. */
export const paidOnceFigures = (
  paid: readonly PaidRequest[],
  downloads: readonly Download[],
  kills: readonly Kill[],
): Figure[] => {
  const answered = paid.filter(
    ({ kind, status, text }) => kind === 'transcription' && status === 200 && text !== '',
  );
  const transcribedAgain = repeatsOf(answered, ({ text }) => text);
  const downloadedAgain = repeatsOf(downloads, ({ recordingSid }) => recordingSid);
  return [
    told('paid transcriptions, two channels a recording', 'requests', answered.length),
    told('of these repeated', 'requests', transcribedAgain.length),
    exactly('paid again without a kill', 'requests', untied(transcribedAgain, kills), 0),
    told('downloads', '', downloads.length),
    exactly('downloaded again without a kill', '', untied(downloadedAgain, kills), 0),
  ];
};
