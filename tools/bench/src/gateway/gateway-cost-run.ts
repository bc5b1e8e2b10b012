import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Run } from '@frontdesk/run-report';
import { BenchWorld } from './bench-world';
import * as figures from './gateway-figures';
import { RAMP_PER_SECOND, SETTLE_MS, stretch } from './gateway-run';
import { GREETING_FRAMES } from './neighbours';
import { sizesOf } from './sizes';

/** `npm run bench gateway-cost`: the steady load of `gateway` alone, and the forwarder's; for work on what a call costs. */
export const gatewayCostRun: Run = async (context) => {
  const { calls, steadyMs, compiledAfterMs } = sizesOf(context.isSmall);
  const loadBefore = loadavg()[0];
  await using world = await BenchWorld.start(context.signal);
  const { generator } = world;
  let steady;
  {
    await using gateway = await world.startGateway();
    await generator.use({ target: gateway.target, script: 'talk', greetingFrames: GREETING_FRAMES });
    await generator.hold({ calls: Math.min(20, calls), perSecond: RAMP_PER_SECOND });
    await sleep(SETTLE_MS, undefined, { signal: context.signal });
    context.say(`gateway: ${calls} calls for ${steadyMs / 1000} s`);
    steady = await stretch(world, gateway, calls, steadyMs, compiledAfterMs);
    const text = await gateway.metrics();
    context.say(
      text
        .split('\n')
        .filter((l) => l.startsWith('nodejs_gc'))
        .join('\n'),
    );
    await generator.end();
  }
  await using forwarder = await world.startForwarder();
  context.say(`forwarder: ${calls} calls for ${steadyMs / 1000} s`);
  await generator.use({ target: forwarder.target, script: 'talk', greetingFrames: 0 });
  const bare = await stretch(world, forwarder, calls, steadyMs, compiledAfterMs);
  await generator.end();
  return {
    conditions: {
      node: process.version,
      processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      pinned: world.isPinned,
      loadAverageBefore: loadBefore,
      loadAverageAfter: loadavg()[0],
    },
    figures: [...figures.steadyFigures(steady), ...figures.costFigures(steady, bare)],
  };
};
