import { type Call, type Transcript, type Turn } from '@frontdesk/contracts';
import { type z } from 'zod';
import { type recordingSchema } from '@frontdesk/contracts';
import { type OfCall } from './store/queries/of-calls';
import { type CallRow, type RecordingRow, type TranscriptRow, type TurnRow } from './store/entities';

/** Rows as the contract shows them. */

export const presentRecording = (row: RecordingRow): z.infer<typeof recordingSchema> => ({
  recordingSid: row.recordingSid,
  callSid: row.callSid,
  kind: row.kind,
  status: row.status,
  url: row.url,
  durationSeconds: row.durationSeconds,
  channels: row.channels,
  startedAt: row.startedAt?.toISOString() ?? null,
  checksum: row.checksum,
  downloads: row.downloads,
});

export const presentCall = (row: CallRow, { recordings, messages, transcribedSeconds }: OfCall): Call => ({
  callSid: row.callSid,
  accountSid: row.accountSid,
  businessId: row.businessId,
  // Until `call.incoming` is there, or Twilio was asked.
  direction: row.direction ?? 'inbound',
  from: row.fromNumber ?? '',
  to: row.toNumber ?? '',
  attemptId: row.attemptId,
  startedAt: row.startedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
  endReason: row.endReason,
  recordingUrl: row.recordingUrl,
  recordings: recordings.map(presentRecording),
  figures: row.figures,
  outcome: row.outcome ?? 'live',
  hasMessage: row.hasMessage,
  messages,
  quality: row.quality,
  cost: costOf(row, transcribedSeconds),
});

const costOf = (
  { startedAt, endedAt, inputTokens, outputTokens }: CallRow,
  transcribedSeconds: number,
): Call['cost'] => {
  const callSeconds = endedAt && Math.max(0, (endedAt.getTime() - startedAt.getTime()) / 1000);
  return {
    callSeconds,
    callMinutes: callSeconds === null ? null : Math.ceil(callSeconds / 60),
    inputTokens: inputTokens === null ? null : Number(inputTokens),
    outputTokens: outputTokens === null ? null : Number(outputTokens),
    transcribedSeconds,
  };
};

export const presentTurn = (row: TurnRow): Turn => ({
  generation: row.generation,
  seq: row.seq,
  speaker: row.speaker,
  itemId: row.itemId,
  said: row.said,
  heard: row.heard,
  estimated: row.estimated,
  interrupted: row.interrupted,
  startedAtMs: row.startedAtMs,
  endedAtMs: row.endedAtMs,
});

export const presentTranscript = (row: TranscriptRow, recording: Pick<RecordingRow, 'kind'>): Transcript => ({
  id: row.id,
  recordingSid: row.recordingSid,
  callSid: row.callSid,
  kind: recording.kind,
  status: row.status,
  language: row.language,
  text: row.text,
  segments: row.segments,
  error: row.error,
  paidRequests: row.paidRequests,
  repeatedRequests: row.repeatedRequests,
  audioSeconds: row.audioSeconds,
});
