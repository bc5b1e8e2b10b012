import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  downloadCallRecording,
  getCall,
  getCallTranscript,
  listCallTurns,
  type Call,
  type Transcript,
  type Turn,
} from '@frontdesk/contracts';
import { eventually, type CallBook, type OperatorClients, type SessionBook } from '@frontdesk/test-harness';
import { wordsOfRecording, type RecordedWord } from './words';

/** A recording can be complete only after the call; then it is downloaded and transcribed. */
const TRANSCRIPT_TIMEOUT_MS = 60_000;
const FIGURES_TIMEOUT_MS = 30_000;

/** All that the books of Twilio, OpenAI and recording-service hold of one call. */
export interface CallEvidence {
  readonly title: string;
  readonly book: CallBook;
  /** Undefined for a call that never reached the model. */
  readonly session: SessionBook | undefined;
  readonly call: Call;
  readonly turns: readonly Turn[];
  readonly transcript: Transcript;
  readonly recorded: readonly RecordedWord[];
  readonly recordingFile: string;
  readonly transcriptFile: string;
}

/** Waits for the call's transcript and gathers everything; recording and transcript are written to the results folder. */
export const gatherEvidence = async (
  { twilio, openAi, recording }: OperatorClients,
  options: {
    title: string;
    callSid: string;
    saidFirst: string | undefined;
    folder: string;
    fileName: string;
  },
): Promise<CallEvidence> => {
  const { callSid, folder, fileName } = options;
  const params = { sid: callSid };
  const transcript = await eventually(async () => {
    const { transcripts } = await recording.call(getCallTranscript, { params });
    const [only] = transcripts;
    if (only?.status === 'failed') return only;
    if (only?.status !== 'completed')
      throw new Error(`${options.title} (${callSid}) has no transcript: ${only?.status ?? 'none was begun'}`);
    return only;
  }, TRANSCRIPT_TIMEOUT_MS);
  if (transcript.status === 'failed')
    throw new Error(`${options.title} (${callSid}) could not be transcribed: ${transcript.error}`);

  // The gateway's figures travel as an event of their own; a call that never had a stream has none.
  const hadStream = (await twilio.book(callSid)).events.some(({ type }) => type === 'stream-start-sent');
  const call = await eventually(async () => {
    const row = await recording.call(getCall, { params });
    if (hadStream && row.figures?.framesDropped === undefined)
      throw new Error(`the call log has no figures of ${callSid} yet`);
    return row;
  }, FIGURES_TIMEOUT_MS);
  const book = await twilio.book(callSid);
  const sessions = options.saidFirst === undefined ? [] : await openAi.sessions(options.saidFirst);
  const wav = await recording.bytes(downloadCallRecording, { params, timeoutMs: 30_000 });
  const { turns } = await recording.call(listCallTurns, { params });
  mkdirSync(folder, { recursive: true });
  const recordingFile = join(folder, `${fileName}.wav`);
  const transcriptFile = join(folder, `${fileName}.txt`);
  writeFileSync(recordingFile, wav);
  writeFileSync(transcriptFile, transcriptText(transcript));
  return {
    title: options.title,
    book,
    session: sessions.find(({ openedAtMs }) => openedAtMs >= (book.events[0]?.atMs ?? 0)),
    call,
    turns,
    transcript,
    recorded: wordsOfRecording(wav),
    recordingFile,
    transcriptFile,
  };
};

const transcriptText = ({ text, segments }: Transcript): string =>
  segments.length === 0
    ? `${text}\n`
    : segments.map(({ speaker, text: said }) => `${speaker}: ${said}\n`).join('');
