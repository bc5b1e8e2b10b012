import {
  getCallTranscript,
  getCallTranscriptText,
  getCallTranscriptVtt,
  type ServiceTokenClaims,
  type Transcript,
} from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentTranscript } from '../../present';
import { TranscriptRow } from '../../store/entities';
import { findCall, recordingsOf } from '../../store/queries/find-call';
import { transcriptAsText, transcriptAsVtt } from '../../transcription/transcript-text';

interface Asked {
  params: { sid: string };
  query: { recordingSid?: string | undefined };
  caller: ServiceTokenClaims;
}

/** The transcripts of a call as data; one of them as text or WebVTT. */
export const serveGetTranscript = (router: ServiceRouter, { database }: Parts): void => {
  const transcriptsOf = async (sid: string, caller: ServiceTokenClaims): Promise<Transcript[]> => {
    const { manager } = database.dataSource;
    const { callSid } = await findCall(manager, sid, caller);
    const transcripts = await manager.findBy(TranscriptRow, { callSid });
    const recordings = await recordingsOf(manager, [callSid]);
    return recordings.flatMap((recording) =>
      transcripts
        .filter(({ recordingSid }) => recordingSid === recording.recordingSid)
        .map((transcript) => presentTranscript(transcript, recording)),
    );
  };
  /** The one asked for, else the first in the order of `recording_url`. */
  const finished = async ({ params, query, caller }: Asked): Promise<Transcript> => {
    const transcripts = await transcriptsOf(params.sid, caller);
    const transcript = query.recordingSid
      ? transcripts.find(({ recordingSid }) => recordingSid === query.recordingSid)
      : transcripts[0];
    if (transcript?.status !== 'completed') throw new HttpProblem(404, 'There is no transcript yet');
    return transcript;
  };
  router.handle(getCallTranscript, async ({ params, caller }) => ({
    transcripts: await transcriptsOf(params.sid, caller),
  }));
  router.stream(getCallTranscriptText, async (asked, response) => {
    const text = transcriptAsText(await finished(asked));
    response.setHeader('Content-Type', 'text/plain; charset=utf-8').end(text);
  });
  router.stream(getCallTranscriptVtt, async (asked, response) => {
    const text = transcriptAsVtt(await finished(asked));
    response.setHeader('Content-Type', 'text/vtt; charset=utf-8').end(text);
  });
};
