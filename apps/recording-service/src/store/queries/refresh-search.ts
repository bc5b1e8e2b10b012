import { type EntityManager } from 'typeorm';
import { searchWords } from '../../search/search-words';

/**
 * Derives the words by which a call is found: those of its transcripts; until the conversation's is complete, the turns'
 * as well (RE4: the recording's transcript is the final one); and those of messages that the agent took.
 */
export const refreshSearch = async (manager: EntityManager, callSid: string): Promise<void> => {
  const rows = await manager.query<{ text: string }[]>(
    `WITH written AS (
       SELECT text, kind FROM transcripts JOIN recordings USING (recording_sid)
       WHERE transcripts.call_sid = $1 AND transcripts.status = 'completed')
     SELECT text FROM written
     UNION ALL
     SELECT said FROM turns WHERE call_sid = $1
       AND NOT EXISTS (SELECT 1 FROM written WHERE kind = 'conversation')
     UNION ALL
     SELECT concat_ws(' ', data->>'name', data->>'number', data->>'text') FROM events
     WHERE call_sid = $1 AND type = 'call.message-left'`,
    [callSid],
  );
  await manager.query('UPDATE calls SET search = array_to_tsvector($2::text[]) WHERE call_sid = $1', [
    callSid,
    searchWords(rows.map(({ text }) => text)),
  ]);
};
