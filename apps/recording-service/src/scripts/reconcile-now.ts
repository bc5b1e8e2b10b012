import { callSidSchema } from '@frontdesk/contracts';
import { Metrics } from '@frontdesk/observability';
import { Reconciler } from '../reconcile/reconciler';
import { say, sidsOf, withParts } from './script-context';

/** Asks Twilio about calls without waiting for their time: those named, else all that are not settled. */
export const reconcileNow = (words: readonly string[]): Promise<void> => {
  const sids = words.length === 0 ? null : sidsOf(callSidSchema, words);
  return withParts(async ({ config, parts: { database, apply }, accounts, logger }) => {
    const { manager } = database.dataSource;
    const [, due] = await manager.query<[unknown, number]>(
      `UPDATE calls SET reconcile_after = now(), reconcile_attempts = 0
       WHERE CASE WHEN $1::text[] IS NULL THEN reconcile_after IS NOT NULL ELSE call_sid = ANY($1) END`,
      [sids],
    );
    await using reconciler = Reconciler.idle({
      database,
      accounts,
      apply,
      chores: {},
      intervalMs: config.reconcileIntervalMs,
      logger,
      metrics: new Metrics({ withProcessMetrics: false }),
    });
    while ((await reconciler.runOnce()) > 0);
    say(`Twilio was asked about ${due} calls`);
  });
};
