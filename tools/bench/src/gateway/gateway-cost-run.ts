import { cpus, loadavg } from 'node:os';
import { type Run } from '@frontdesk/run-report';
import { BenchWorld } from './bench-world';
import * as figures from './gateway-figures';
import { forwarderStretch, stretch, warmUp } from './gateway-run';
import { sizesOf } from './sizes';

/** `npm run bench gateway-cost`: the steady load of `gateway` alone, and the forwarder's; for work on what a call costs. */
export const gatewayCostRun: Run = async (context) => {
  const sizes = sizesOf(context.isSmall);
  const { calls, steadyMs, compiledAfterMs } = sizes;
  const loadBefore = loadavg()[0];
  await using world = await BenchWorld.start(context.signal);
  let steady;
  {
    await using gateway = await world.startGateway();
    await warmUp(world, gateway, sizes);
    context.say(`gateway: ${calls} calls for ${steadyMs / 1000} s`);
    steady = await stretch(world, gateway, calls, steadyMs, compiledAfterMs);
    await world.generator.end();
  }
  const bare = await forwarderStretch(world, context, sizes);
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
