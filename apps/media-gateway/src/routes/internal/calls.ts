import { actOnCall, listLiveCalls, streamLiveCalls } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { LiveCalls } from '../../live-calls/live-calls';
import { LiveCallsFeed } from '../../live-calls/live-calls-feed';
import { type CallAction } from '../../peers/gateway-peers';
import { type LiveStream } from '../../streams/stream-registry';

/** Live calls of this replica, and what may be done to one; a call of another replica is passed on to it. */
export const calls = (router: ServiceRouter, gateway: Gateway): void => {
  const { registry, peers, events } = gateway.parts;
  const live = new LiveCalls(registry, peers);
  const feed = new LiveCallsFeed(() => live.all(), events);
  router.handle(listLiveCalls, async ({ query }) => ({
    calls: query.scope === 'replica' ? live.own() : await live.all(),
  }));
  router.stream(streamLiveCalls, (_request, response) => {
    if (!feed.add(response)) throw new HttpProblem(503, 'Too many watch already');
    return Promise.resolve();
  });
  router.handle(actOnCall, async ({ params, body }) => {
    const session = registry.get(params.sid)?.session;
    if (session) return { accepted: act(session, body) };
    const owner = (await peers.ask(params.sid)).find((answer) => answer.owner);
    if (!owner) throw new HttpProblem(404, 'Unknown call');
    return { accepted: await peers.act(owner.url, params.sid, body) };
  });
};

const act = (session: LiveStream, action: CallAction): boolean => {
  switch (action.action) {
    case 'hang-up':
      session.hangUp();
      return true;
    case 'transfer':
      session.transfer(action.to);
      return true;
    case 'machine-detected':
      return treatMachine(session, action.policy ?? 'leave-message');
  }
};

const treatMachine = (session: LiveStream, policy: 'hang-up' | 'leave-message' | 'talk'): boolean => {
  switch (policy) {
    case 'hang-up':
      session.hangUp();
      return true;
    case 'leave-message':
      return session.leaveMessage();
    case 'talk':
      return true;
  }
};
