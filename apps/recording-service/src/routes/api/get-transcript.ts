import { getCallTranscript } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { presentTranscript } from '../../present';
import { TranscriptRow } from '../../store/entities';
import { findCall, recordingsOf } from '../../store/queries/find-call';

export const serveGetTranscript = (router: ServiceRouter, { database }: Parts): void =>
  router.handle(getCallTranscript, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    const { callSid } = await findCall(manager, params.sid, caller);
    const transcripts = await manager.findBy(TranscriptRow, { callSid });
    const recordings = await recordingsOf(manager, [callSid]);
    return {
      transcripts: recordings.flatMap((recording) =>
        transcripts
          .filter(({ recordingSid }) => recordingSid === recording.recordingSid)
          .map((transcript) => presentTranscript(transcript, recording)),
      ),
    };
  });
