import { z } from 'zod';
import { calleeSchema } from '../call/callees';
import { placeInbound } from '../placing/inbound';
import { placeRecorded, recordedCallSchema } from '../placing/recorded-call';
import { ownedNumberSchema } from '../call/numbers';
import { settingsSchema } from '../call/settings';
import { waitWhileAlive } from '../call/wait';
import type { World } from '../placing/world';
import { faultSchema } from '../faults/fault-registry';
import { type Route, route } from '../http/router';
import type { RestLog } from '../rest/rest-log';
import { scriptSchema } from '../script/steps';
import { callSummary, callView } from './call-view';
import { withBody } from './json-body';

const inboundSchema = z.object({
  from: z.string().min(1),
  to: z.string(),
  script: scriptSchema.default([]),
  faults: z.array(faultSchema).default([]),
});

/** Below the time-out of whoever asks. */
const waitMsSchema = z.coerce.number().min(0).max(30_000).default(5000);

const routeSchema = z.object({ name: z.string(), base: z.url() });

/** The control API, `/_sim/…`: no credentials, so loopback only. */
export const controlRoutes = (world: World, restLog: RestLog): Route[] => [
  route(
    'POST',
    '/_sim/numbers',
    withBody(ownedNumberSchema, (body) => ({ status: 201, json: world.numbers.set(body) })),
  ),
  route('GET', '/_sim/numbers', () => ({ status: 200, json: { numbers: world.numbers.list() } })),
  route(
    'POST',
    '/_sim/calls',
    withBody(inboundSchema, (body) => {
      const call = placeInbound(world, body);
      return call
        ? { status: 201, json: { callSid: call.sid } }
        : { status: 404, json: { error: `no number ${body.to}: POST /_sim/numbers first` } };
    }),
  ),
  route(
    'POST',
    '/_sim/recorded-calls',
    withBody(recordedCallSchema, async (body) => ({ status: 201, json: await placeRecorded(world, body) })),
  ),
  route('GET', '/_sim/calls', () => ({
    status: 200,
    json: { calls: world.calls.calls().map(callSummary) },
  })),
  route('GET', '/_sim/calls/{sid}', ({ params }) => {
    const call = world.calls.get(params['sid'] ?? '');
    return call
      ? { status: 200, json: callView(call) }
      : { status: 404, json: { error: 'no such call in this run' } };
  }),
  route('GET', '/_sim/calls/{sid}/over', async ({ params, query }) => {
    const call = world.calls.get(params['sid'] ?? '');
    if (!call) return { status: 404, json: { error: 'no such call in this run' } };
    await waitWhileAlive(world.clock, call, waitMsSchema.parse(query.get('waitMs') ?? undefined));
    return call.isOver ? { status: 200, json: callView(call) } : { status: 204 };
  }),
  route('POST', '/_sim/calls/{sid}/hangup', ({ params }) => {
    const call = world.calls.get(params['sid'] ?? '');
    call?.end('completed', { byFarEnd: true });
    return call ? { status: 204 } : { status: 404, json: { error: 'no such call in this run' } };
  }),
  route(
    'POST',
    '/_sim/callees',
    withBody(calleeSchema, (body) => {
      world.callees.set(body);
      return { status: 201, json: body };
    }),
  ),
  route('GET', '/_sim/callees', () => ({ status: 200, json: { callees: world.callees.list() } })),
  route(
    'POST',
    '/_sim/faults',
    withBody(faultSchema, (body) => {
      world.faults.add(body);
      return { status: 201, json: body };
    }),
  ),
  route('GET', '/_sim/faults', () => ({ status: 200, json: { faults: world.faults.list() } })),
  route('DELETE', '/_sim/faults', () => {
    world.faults.clear();
    return { status: 204 };
  }),
  route(
    'POST',
    '/_sim/routes',
    withBody(routeSchema, (body) => {
      world.routes.set(body.name, body.base);
      return { status: 201, json: body };
    }),
  ),
  route(
    'POST',
    '/_sim/settings',
    withBody(settingsSchema.partial(), (body) => {
      Object.assign(world.settings, body);
      return { status: 200, json: world.settings };
    }),
  ),
  route('GET', '/_sim/settings', () => ({ status: 200, json: world.settings })),
  route('GET', '/_sim/rest-log', () => ({ status: 200, json: { requests: restLog.entries() } })),
  route('GET', '/_sim/clock', () => ({ status: 200, json: world.mediaClock.figures() })),
  route('DELETE', '/_sim/clock', () => {
    world.mediaClock.resetFigures();
    return { status: 204 };
  }),
];
