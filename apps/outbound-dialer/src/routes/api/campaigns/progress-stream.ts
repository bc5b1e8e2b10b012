import { streamCampaignProgress } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { countProgress } from '../../../store/queries/count-progress';

/** Pages that watch a campaign; each asks for a handful of rows twice a second. */
const MAX_STREAMS = 100;
const LOOK_EVERY_MS = 500;
/** Proxies cut a connection on which nothing moves. */
const COMMENT_EVERY_MS = 15_000;
/** A token is good for minutes: a page asks anew with a fresh one. */
const STREAM_MS = 10 * 60_000;

/** The counters now, then each change of them (OU8): `data:` is what the progress endpoint answers. */
export const serveProgressStream = (router: ServiceRouter, { database }: DialerParts): void => {
  let streams = 0;
  router.stream(streamCampaignProgress, async ({ params, caller }, response) => {
    const { manager } = database.dataSource;
    await visibleCampaign(manager, params.id, caller);
    if (response.destroyed) return;
    if (streams >= MAX_STREAMS) throw new HttpProblem(503, 'Too many pages watch', 'try again later');
    streams += 1;
    const gone = new AbortController();
    void once(response, 'close').then(() => gone.abort());
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    try {
      const until = Date.now() + STREAM_MS;
      for (let [told, toldAt] = ['', 0]; !gone.signal.aborted && Date.now() < until;) {
        const { state } = await visibleCampaign(manager, params.id, caller);
        const now = JSON.stringify({ state, ...(await countProgress(manager, params.id)) });
        const isSilent = Date.now() - toldAt > COMMENT_EVERY_MS;
        if (now !== told) response.write(`event: progress\ndata: ${now}\n\n`);
        else if (isSilent) response.write(': still here\n\n');
        if (now !== told || isSilent) toldAt = Date.now();
        told = now;
        await sleep(LOOK_EVERY_MS, undefined, { signal: gone.signal }).catch(() => undefined);
      }
    } finally {
      streams -= 1;
      response.end();
    }
  });
};
