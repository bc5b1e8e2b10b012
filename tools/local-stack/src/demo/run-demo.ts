import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { figureTable, LatenessProbe, type RunReport } from '@frontdesk/run-report';
import { OperatorClients, type Constellation } from '@frontdesk/test-harness';
import { openDemoBusiness } from './business';
import { campaignFigures, campaignLines, runCampaign } from './campaign';
import { type CallEvidence } from './evidence';
import { fallbackFigures, runFallback } from './fallback';
import { runInbound } from './inbound';
import { inboundFigures } from './inbound-figures';
import { hasEspeak, writeListenWav } from './listen';
import { timelineOf } from './timeline';

export interface DemoOptions {
  readonly constellation: Constellation;
  /** Where recordings and transcripts are left for people. */
  readonly folder: string;
  readonly callerWav: Buffer | undefined;
  /** Progress while it runs. */
  readonly say: (line: string) => void;
}

/** The demo: three parts at the same time, then everything that was seen, told and measured. */
export const runDemo = async (options: DemoOptions): Promise<{ report: RunReport; lines: string[] }> => {
  const { constellation, folder, callerWav, say } = options;
  const startedAt = performance.now();
  await using probe = new LatenessProbe();
  await using clients = new OperatorClients(constellation);
  const business = await openDemoBusiness(clients, {
    publicUrl: constellation.settings.publicUrl,
    gatewayUrl: constellation.url('media-gateway'),
  });
  say(`${business.profile.name} answers ${business.number}`);

  const [inbound, campaign, fallback] = await allOrFirstFailure([
    runInbound(clients, business, { folder, callerWav, say }),
    runCampaign(clients, business, { say }),
    runFallback(clients, business, { folder, say }),
  ]);
  const figures = [
    ...inboundFigures(inbound, probe),
    ...campaignFigures(campaign),
    ...fallbackFigures(fallback),
  ];
  const calls = [inbound.first, inbound.second, inbound.persons, fallback].filter(
    (evidence): evidence is CallEvidence => evidence !== undefined,
  );
  const listening = await listeningLines(calls, business.profile.locale);
  return {
    report: {
      name: 'demo',
      conditions: {
        node: process.version,
        cores: cpus().length,
        loadAverage: loadavg()[0],
        latestWakeUpMs: probe.maxMs(),
        tookSeconds: Math.round((performance.now() - startedAt) / 1000),
        recordings: calls.map(({ recordingFile }) => recordingFile),
        transcripts: calls.map(({ transcriptFile }) => transcriptFile),
      },
      figures,
    },
    lines: [
      ...calls.flatMap((evidence) => [
        '',
        `${evidence.title}  ${evidence.book.callSid}`,
        ...timelineOf(evidence),
      ]),
      '',
      'Campaign',
      ...campaignLines(campaign),
      '',
      'Figures',
      ...figureTable(figures),
      '',
      'Recordings and transcripts',
      ...calls.map(
        ({ title, recordingFile, transcriptFile }) => `  ${title}: ${recordingFile}, ${transcriptFile}`,
      ),
      ...listening,
    ],
  };
};

const listeningLines = async (calls: readonly CallEvidence[], locale: string): Promise<string[]> => {
  if (!(await hasEspeak()))
    return [
      '  These hold words as tones. With espeak-ng installed there is a spoken version beside each as well.',
    ];
  const lines: string[] = [];
  for (const { recorded, recordingFile } of calls) {
    const file = recordingFile.replace(/\.wav$/, '.listen.wav');
    await writeListenWav(recorded, locale, file);
    lines.push(`  to listen to: ${join(file)}`);
  }
  return lines;
};

/** All parts run to their end, so that a failure of one does not leave the others' calls open. */
const allOrFirstFailure = async <A, B, C>(
  parts: [Promise<A>, Promise<B>, Promise<C>],
): Promise<[A, B, C]> => {
  await Promise.allSettled(parts);
  return Promise.all(parts);
};
