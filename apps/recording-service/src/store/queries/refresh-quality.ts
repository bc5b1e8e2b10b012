import { type EntityManager } from 'typeorm';

/**
 * Derives what a call was like from all its events: a function of their set, so the order in which they arrived, and how
 * often, cannot matter. A generation's figures are those of its last `call.ended`; of several streams the
 * first one's first audio is the one that the caller waited for.
 */
export const refreshQuality = async (manager: EntityManager, callSid: string): Promise<void> => {
  await manager.query(
    `WITH mine AS (SELECT type, generation, seq, data FROM events WHERE call_sid = $1),
     ends AS (
       SELECT DISTINCT ON (generation) generation, data->'figures' AS figures, data->'durationMs' AS duration_ms
       FROM mine WHERE type = 'call.ended' ORDER BY generation, seq DESC),
     first_audio AS (
       SELECT generation, data FROM mine WHERE type = 'call.first-audio' ORDER BY generation, seq LIMIT 1),
     spoken AS (
       SELECT speaker, started_at_ms,
         lag(speaker) OVER later AS before, lag(ended_at_ms) OVER later AS before_ended_ms
       FROM turns WHERE call_sid = $1
       WINDOW later AS (PARTITION BY generation ORDER BY started_at_ms, seq)),
     replies AS (
       SELECT GREATEST(started_at_ms - before_ended_ms, 0) AS ms FROM spoken
       WHERE speaker = 'agent' AND before = 'caller')
     UPDATE calls SET
       figures = NULLIF(
         COALESCE((SELECT jsonb_build_object('firstAudio', jsonb_build_object(
           'generation', generation, 'latencyMs', data->'latencyMs', 'source', data->'source')) FROM first_audio), '{}')
         || COALESCE((SELECT figures || jsonb_build_object('durationMs', duration_ms) FROM ends
           ORDER BY generation DESC LIMIT 1), '{}'),
         '{}'),
       quality = jsonb_build_object(
         'firstAudioMs', (SELECT data->'latencyMs' FROM first_audio),
         'replyMedianMs', (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FROM replies),
         'replyMaxMs', (SELECT max(ms) FROM replies),
         'bargeIns', (SELECT count(*) FROM mine WHERE type = 'call.barge-in'),
         'bargeInMaxMs', (SELECT max((data->>'latencyMs')::float8) FROM mine WHERE type = 'call.barge-in'),
         'underruns', GREATEST(
           (SELECT COALESCE(sum((figures->>'underruns')::int), 0) FROM ends),
           (SELECT COALESCE(sum((data->>'count')::int), 0) FROM mine WHERE type = 'call.underrun')),
         'stalls', (SELECT count(*) FROM mine WHERE type = 'call.stalled'),
         'modelErrors', (SELECT count(*) FROM mine WHERE type = 'call.model-error'),
         'resumes', (SELECT count(*) FROM mine WHERE type = 'call.resumed'),
         'toolCalls', (SELECT count(*) FROM mine WHERE type = 'call.tool'),
         'toolFailures', (SELECT count(*) FROM mine WHERE type = 'call.tool' AND data->'ok' = 'false')),
       input_tokens = (SELECT sum((figures->'tokens'->>'input')::bigint) FROM ends),
       output_tokens = (SELECT sum((figures->'tokens'->>'output')::bigint) FROM ends)
     WHERE call_sid = $1`,
    [callSid],
  );
};
